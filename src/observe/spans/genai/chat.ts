import { createChatFold } from '../../fold/chat.ts'
import {
  readFilled,
  readNumber,
  readRecord,
  readRecords,
  readReply,
  readText,
  readTexts,
} from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import {
  describeAnswer,
  describeChatUsage,
  describeOperation,
  describeSampling,
  finishReasons,
} from './attributes.ts'
import { foldWith } from './fold-with.ts'
import { chatMessage, toolDefinitions, writeMessages } from './parts.ts'

/** `captures`: whether messages are recorded. */
export function createChatSpans(captures: boolean): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>): Attributes => ({
    ...describeAnswer(answer),
    'gen_ai.response.finish_reasons': finishReasons(answer['choices']),
    ...describeChatUsage(answer['usage']),
    'gen_ai.output.messages': captures
      ? writeMessages(
          readRecords(answer['choices']).map((choice) =>
            chatMessage(readRecord(choice['message']), choice['finish_reason']),
          ),
        )
      : undefined,
  })
  return {
    name: 'chat',
    request(call) {
      const request = readRecord(call.request)
      const { stop, max_completion_tokens, max_tokens } = request
      return {
        ...describeOperation('chat', call.model),
        ...describeSampling(request),
        'gen_ai.request.max_tokens': readNumber(max_completion_tokens) ?? readNumber(max_tokens),
        'gen_ai.request.stop_sequences': readStops(stop),
        ...(captures
          ? {
              'gen_ai.input.messages': writeMessages(
                readRecords(request['messages']).map((message) => chatMessage(message)),
              ),
              'gen_ai.tool.definitions': toolDefinitions(request['tools']),
            }
          : {}),
      }
    },
    reply: (reply) => describe(readReply(reply)),
    fold: foldWith(createChatFold, describe),
  }
}

/** A text or a list of them, as a list. */
export function readStops(stop: unknown): readonly string[] | undefined {
  if (Array.isArray(stop)) return readTexts(stop)
  const text = readFilled(stop)
  return text === undefined || readText(stop) === undefined ? undefined : [text]
}
