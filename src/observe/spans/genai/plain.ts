// Endpoints of which little more than the operation is recorded.
import { createTranscriptFold } from '../../fold/transcript.ts'
import { readNumber, readRecord, readReply } from '../read.ts'
import type { SpanSet } from '../span-set.ts'
import { describeOperation } from './attributes.ts'
import { foldWith } from './fold-with.ts'
import { describeAnthropicInput } from './messages.ts'
import { describeResponsesInput } from './responses.ts'

export function createPlainSpans(operation: string): SpanSet {
  return {
    name: operation,
    request: (call) => describeOperation(operation, call.model),
    reply: () => ({}),
    // Looked at for the failures that a stream may tell of.
    fold: foldWith(createTranscriptFold, () => ({})),
  }
}

/** `count_tokens` and `input_tokens`: `dialect` says how the input is written. */
export function createCountingSpans(dialect: 'anthropic' | 'openai', captures: boolean): SpanSet {
  const describeInput = dialect === 'anthropic' ? describeAnthropicInput : describeResponsesInput
  return {
    name: 'tokenize',
    request: (call) => ({
      ...describeOperation('tokenize', call.model),
      ...(captures ? describeInput(readRecord(call.request)) : {}),
    }),
    reply: (reply) => ({
      'gen_ai.usage.input_tokens': readNumber(readReply(reply)['input_tokens']),
    }),
  }
}
