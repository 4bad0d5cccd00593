// The events of a response, looked at while they pass.
// https://platform.openai.com/docs/api-reference/responses-streaming
import { readOpenAIFailure } from '../../convert/errors/openai-failure.ts'
import { isRecord } from '../../json/is-record.ts'
import type {
  Frame,
  Meter,
  SseWriter,
  StreamFailure,
  Tap,
} from '../../streams/stream-translator.ts'
import type { Usage } from '../../usage/usage.ts'
import { readModelName } from '../json-reply.ts'

/** Types of events that end a response. */
const last: ReadonlySet<unknown> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
])

/** Types of events that only announce what is to come. */
const announcing: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
])

/** In an event with none of these is nothing to know, once model and content have been seen. */
const markers = [...last].map((type) => `"${type}"`).concat('"error"')

/** `requested`: the model, where no event names one. */
export function createResponsesTap(
  requested: string,
  readUsage: (response: Readonly<Record<string, unknown>>) => Usage | undefined,
): Tap {
  let model: string | undefined
  let hasContent = false
  let ended = false
  let latest: Frame | undefined

  const lookAtEnd = (type: unknown, response: Readonly<Record<string, unknown>>, meter: Meter) => {
    ended = true
    const usage = readUsage(response)
    if (usage !== undefined) meter.usage(usage)
    if (type === 'response.failed') meter.fail(readOpenAIFailure(response.error ?? {}))
  }
  return {
    kind: 'tap',
    framing: 'sse',
    markers: [],
    // Each event has a number, and an event of our own must have the next one.
    sparse: () => false,
    frame(frame: Frame, meter: Meter) {
      if (frame.data === '[DONE]') return
      latest = frame
      const known = hasContent && model !== undefined
      if (known && !markers.some((marker) => frame.data.includes(marker))) {
        if (meter.wantsChunks) meter.text(frame.data)
        return
      }
      const value = frame.json()
      if (!isRecord(value)) return
      const type = typeof value.type === 'string' ? value.type : (frame.event ?? '')
      const response = isRecord(value.response) ? value.response : {}
      const named = readModelName(response.model)
      if (named !== undefined && named !== model) {
        model = named
        meter.model(named)
      }
      if (last.has(type)) lookAtEnd(type, response, meter)
      else if (type === 'error' || isRecord(value.error)) {
        ended = true
        meter.fail(readOpenAIFailure(value.error ?? { ...value, type: undefined }))
      }
      const isContent = type.startsWith('response.') && !announcing.has(type)
      if (!hasContent && isContent && type !== 'response.failed') {
        hasContent = true
        meter.content()
      }
      if (meter.wantsChunks) meter.chunk(value)
    },
    end(meter: Meter) {
      if (model === undefined) meter.model(requested)
      if (ended) return
      meter.fail({
        status: 502,
        type: 'OpenAIBackendError',
        message: 'the provider ended the stream before its last event',
      })
    },
    failure: (failure, out) => writeResponsesFailure(failure, out, numberOf(latest) + 1),
  }
}

function numberOf(frame: Frame | undefined): number {
  const value = frame?.json()
  const number = isRecord(value) ? value.sequence_number : undefined
  return typeof number === 'number' ? number : -1
}

/** The event by which a response says that it goes no further. */
function writeResponsesFailure(failure: StreamFailure, out: SseWriter, sequence_number: number) {
  const { message, status, code = String(status) } = failure
  out.send({ type: 'error', sequence_number, code, message, param: null }, 'error')
}
