// Streams of OpenAI whose events each have a `type`, looked at while they pass: responses, images, speech,
// transcripts. https://platform.openai.com/docs/api-reference/streaming

import { writeOpenAIFailure } from '../convert/errors/openai-error.ts'
import { readOpenAIFailure } from '../convert/errors/openai-failure.ts'
import { isRecord } from '../json/is-record.ts'
import type { Frame, Meter, Tap } from '../streams/stream-translator.ts'
import type { Usage } from '../usage/usage.ts'

type Event = Readonly<Record<string, unknown>>

export interface TypedEvents {
  /** What was asked for: these events name no model. */
  readonly model: string
  /** Types of events that end the stream. */
  readonly last: readonly string[]
  /** The usage of an event that has some. */
  readUsage(event: Event): Usage | undefined
}

/** Every event but an error is content. */
export function createEventTap({ model, last, readUsage }: TypedEvents): Tap {
  const markers = [...last.map((type) => `"${type}"`), '"error"', '[DONE]']
  let hasContent = false
  let ended = false
  return {
    kind: 'tap',
    framing: 'sse',
    markers,
    sparse: () => hasContent,
    frame(frame: Frame, meter: Meter) {
      if (frame.data === '[DONE]') {
        ended = true
        return
      }
      const value = frame.json()
      if (!isRecord(value)) return
      const type = typeof value.type === 'string' ? value.type : frame.event
      const error = readError(value, type)
      if (error !== undefined) return meter.fail(readOpenAIFailure(error))
      if (type !== undefined && last.includes(type)) {
        ended = true
        const usage = readUsage(value)
        if (usage !== undefined) meter.usage(usage)
      }
      if (!hasContent) {
        hasContent = true
        meter.content()
      }
      if (meter.wantsChunks) meter.chunk(value)
    },
    end(meter: Meter) {
      meter.model(model)
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

/** `{error: {…}}`, or an event of type `error` that is the error itself. */
function readError(event: Event, type: string | undefined): unknown {
  if (event.error !== undefined && event.error !== null) return event.error
  return type === 'error' ? { ...event, type: undefined } : undefined
}
