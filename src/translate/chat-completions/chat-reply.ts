// An answer in OpenAI's chat dialect, looked at while the provider's bytes go to the client.
// https://platform.openai.com/docs/api-reference/chat-streaming
import { writeOpenAIFailure } from '../../convert/errors/openai-error.ts'
import { readOpenAIFailure } from '../../convert/errors/openai-failure.ts'
import { isRecord } from '../../json/is-record.ts'
import type { Frame, Meter, Tap } from '../../streams/stream-translator.ts'
import { readChatUsage } from '../../usage/chat-usage.ts'
import { replyOpenAIError } from '../openai-error-reply.ts'
import type { Reply, WholeReply } from '../translator.ts'

/** `model`: what was asked for, where the answer names none. */
export function createChatReply(model: string): Reply {
  return {
    whole: (body) => readWhole(body, model),
    stream: () => createChatTap(model),
    error: replyOpenAIError,
  }
}

/** Never fails: a body that cannot be read is passed on, and counts nothing. */
function readWhole(body: string, model: string): WholeReply {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return { model }
  }
  const answer = isRecord(value) ? value : {}
  const usage = isRecord(answer.usage)
    ? readChatUsage(answer.usage)
    : { input: 0, output: 0, total: 0 }
  return { usage, model: readModel(answer.model) ?? model, value }
}

function readModel(model: unknown): string | undefined {
  return typeof model === 'string' && model !== '' ? model : undefined
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

function createChatTap(requestedModel: string): Tap {
  let model: string | undefined
  let hasContent = false
  let ended = false

  const lookAtChoices = (choices: unknown, meter: Meter) => {
    if (!Array.isArray(choices)) return
    for (const choice of choices) {
      if (!isRecord(choice)) continue
      const finished = typeof choice.finish_reason === 'string'
      ended ||= finished
      if (hasContent || !(finished || saysSomething(choice.delta))) continue
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
      const named = readModel(value.model)
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
      if (model === undefined) meter.model(requestedModel)
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

/** Whether the delta holds what a user would see: most first chunks hold a role alone. */
function saysSomething(delta: unknown): boolean {
  if (!isRecord(delta)) return false
  return (
    isFilled(delta.content) ||
    isFilled(delta.reasoning_content) ||
    isFilled(delta.reasoning) ||
    isFilled(delta.refusal) ||
    isFilled(delta.tool_calls) ||
    isFilled(delta.function_call) ||
    isFilled(delta.audio)
  )
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== ''
}
