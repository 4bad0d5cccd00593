import { createMessagesFold } from '../../fold/messages.ts'
import {
  readFilled,
  readNumber,
  readPositive,
  readRecord,
  readRecords,
  readReply,
  readTexts,
} from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeAnswer, describeOperation } from './attributes.ts'
import { foldWith } from './fold-with.ts'
import { anthropicMessage, textPart, toolDefinitions, writeMessages } from './parts.ts'

export function createMessagesSpans(captures: boolean): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>): Attributes => {
    const { usage, stop_reason } = answer
    const counts = readRecord(usage)
    const reason = readFilled(stop_reason)
    const said = anthropicMessage(answer, stop_reason)
    return {
      ...describeAnswer(answer),
      'gen_ai.response.finish_reasons': reason === undefined ? undefined : [reason],
      'gen_ai.usage.input_tokens': readPositive(counts['input_tokens']),
      'gen_ai.usage.output_tokens': readPositive(counts['output_tokens']),
      'gen_ai.usage.cache_read.input_tokens': readPositive(counts['cache_read_input_tokens']),
      'gen_ai.usage.cache_creation.input_tokens': readPositive(
        counts['cache_creation_input_tokens'],
      ),
      'gen_ai.output.messages':
        captures && (said.parts.length > 0 || reason !== undefined)
          ? writeMessages([said])
          : undefined,
    }
  }
  return {
    name: 'chat',
    request(call) {
      const request = readRecord(call.request)
      const { stop_sequences: stops } = request
      return {
        ...describeOperation('chat', call.model),
        'gen_ai.request.temperature': readNumber(request['temperature']),
        'gen_ai.request.top_p': readNumber(request['top_p']),
        'gen_ai.request.top_k': readNumber(request['top_k']),
        'gen_ai.request.max_tokens': readPositive(request['max_tokens']),
        'gen_ai.request.stop_sequences': Array.isArray(stops) ? readTexts(stops) : undefined,
        ...(captures ? describeAnthropicInput(request) : {}),
      }
    },
    reply: (reply) => describe(readReply(reply)),
    fold: foldWith(createMessagesFold, describe),
  }
}

export function describeAnthropicInput(request: Readonly<Record<string, unknown>>): Attributes {
  const { system, messages, tools } = request
  const instructions =
    typeof system === 'string'
      ? textPart(system)
      : readRecords(system).flatMap((block) => textPart(readFilled(block['text']) ?? ''))
  return {
    'gen_ai.input.messages': writeMessages(
      readRecords(messages).map((message) => anthropicMessage(message)),
    ),
    'gen_ai.system_instructions': writeMessages(instructions),
    'gen_ai.tool.definitions': toolDefinitions(tools),
  }
}
