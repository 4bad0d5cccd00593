// An answer that is made of choices, in OpenAI's dialect, looked at while the provider's bytes go to the client:
// chat completions and text completions. https://platform.openai.com/docs/api-reference/chat-streaming
import { writeOpenAIFailure } from '../convert/errors/openai-error.ts'
import { readOpenAIFailure } from '../convert/errors/openai-failure.ts'
import { isRecord } from '../json/is-record.ts'
import type { Frame, Meter, Tap } from '../streams/stream-translator.ts'
import { readChatUsage } from '../usage/chat-usage.ts'
import type { Usage } from '../usage/usage.ts'
import { readJsonAnswer, readModelName } from './json-reply.ts'
import { replyOpenAIError } from './openai-error-reply.ts'
import type { Reply } from './translator.ts'

type Choice = Readonly<Record<string, unknown>>

export interface ChoicesAnswer {
  /** What was asked for, where the answer names no model. */
  readonly model: string
  /** What a whole answer without usage counts. */
  readonly unreported: Usage
  /** Whether a choice of a stream's chunk holds what a user would see: most first chunks do not. */
  hasContent(choice: Choice): boolean
}

export function createChoicesReply(answer: ChoicesAnswer): Reply {
  const { model, unreported } = answer
  return {
    whole: (body) =>
      readJsonAnswer(body, {
        model,
        readUsage: ({ usage }) => (isRecord(usage) ? readChatUsage(usage) : unreported),
      }),
    stream: () => createChoicesTap(answer),
    error: replyOpenAIError,
  }
}

/** In a frame with none of these is nothing to know, once model and content have been seen. */
const markers = [
  '"usage":{',
  '"usage": {',
  '"usage" :',
  '"error":',
  '"error" :',
  '[DONE]',
  '"finish_reason":"',
  '"finish_reason": "',
  '"finish_reason" :',
] as const

function createChoicesTap(answer: ChoicesAnswer): Tap {
  let model: string | undefined
  let hasContent = false
  let ended = false

  const lookAtChoices = (choices: unknown, meter: Meter) => {
    if (!Array.isArray(choices)) return
    for (const choice of choices) {
      if (!isRecord(choice)) continue
      const finished = typeof choice.finish_reason === 'string'
      ended ||= finished
      if (hasContent || !(finished || answer.hasContent(choice))) continue
      hasContent = true
      meter.content()
    }
  }
  return {
    kind: 'tap',
    framing: 'sse',
    markers,
    sparse: () => hasContent && model !== undefined,
    frame(frame: Frame, meter: Meter) {
      if (frame.data === '[DONE]') {
        ended = true
        return
      }
      const value = frame.json()
      if (!isRecord(value)) return
      const named = readModelName(value.model)
      if (named !== undefined && named !== model) {
        model = named
        meter.model(named)
      }
      if (isRecord(value.usage)) meter.usage(readChatUsage(value.usage))
      if (value.error !== undefined && value.error !== null)
        meter.fail(readOpenAIFailure(value.error))
      lookAtChoices(value.choices, meter)
      if (meter.wantsChunks) meter.chunk(value)
    },
    end(meter: Meter) {
      if (model === undefined) meter.model(answer.model)
      if (ended) return
      meter.fail({
        status: 502,
        type: 'OpenAIBackendError',
        message: 'the provider ended the stream before its last event',
      })
    },
    failure: writeOpenAIFailure,
  }
}
