import { createCompletionFold } from '../../fold/completion.ts'
import { readList, readNumber, readRecord, readRecords, readReply, readText } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import {
  describeAnswer,
  describeChatUsage,
  describeOperation,
  describeSampling,
  finishReasons,
} from './attributes.ts'
import { readStops } from './chat.ts'
import { foldWith } from './fold-with.ts'
import { message, textPart, writeMessages } from './parts.ts'

export function createCompletionSpans(captures: boolean): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>): Attributes => ({
    ...describeAnswer(answer),
    'gen_ai.response.finish_reasons': finishReasons(answer['choices']),
    ...describeChatUsage(answer['usage']),
    'gen_ai.output.messages': captures
      ? writeMessages(
          readRecords(answer['choices']).map((choice) =>
            message('assistant', textPart(readText(choice['text']) ?? ''), choice['finish_reason']),
          ),
        )
      : undefined,
  })
  return {
    name: 'text_completion',
    request(call) {
      const request = readRecord(call.request)
      return {
        ...describeOperation('text_completion', call.model),
        ...describeSampling(request),
        'gen_ai.request.max_tokens': readNumber(request['max_tokens']),
        'gen_ai.request.stop_sequences': readStops(request['stop']),
        'gen_ai.input.messages': captures ? writePrompts(request['prompt']) : undefined,
      }
    },
    reply: (reply) => describe(readReply(reply)),
    fold: foldWith(createCompletionFold, describe),
  }
}

function writePrompts(prompt: unknown): string | undefined {
  const tokens = (list: readonly unknown[]) => `<${list.length} tokens>`
  const list = readList(prompt)
  const texts =
    typeof prompt === 'string'
      ? [prompt]
      : typeof list[0] === 'number'
        ? [tokens(list)]
        : list.map((item) => (Array.isArray(item) ? tokens(item) : (readText(item) ?? '')))
  const filled = texts.filter((text) => text !== '')
  return writeMessages(filled.map((text) => message('user', textPart(text))))
}
