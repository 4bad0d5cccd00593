// A tracer that keeps what it is told, for tests.
import type { Attributes } from '../../src/observe/spans/span-set.ts'
import type { Tracer } from '../../src/observe/tracing.ts'

export interface RecordedSpan {
  readonly name: string
  readonly kind: string
  readonly attributes: Record<string, unknown>
  readonly events: { readonly name: string; readonly attributes: Attributes | undefined }[]
  readonly ends: ({ readonly ok: true } | { readonly ok: false; readonly message: string })[]
}

export interface RecordingTracer extends Tracer {
  readonly spans: RecordedSpan[]
}

export function createRecordingTracer(recording = true): RecordingTracer {
  const spans: RecordedSpan[] = []
  return {
    spans,
    start(name, kind) {
      const span: RecordedSpan = { name, kind, attributes: {}, events: [], ends: [] }
      spans.push(span)
      return {
        recording,
        set(attributes) {
          for (const [key, value] of Object.entries(attributes)) {
            if (value !== undefined) span.attributes[key] = value
          }
        },
        event: (event, attributes) => void span.events.push({ name: event, attributes }),
        inject: (headers) => void headers.set('traceparent', `span-${spans.length}`),
        stop() {},
        end: (status) => void span.ends.push(status),
      }
    },
  }
}
