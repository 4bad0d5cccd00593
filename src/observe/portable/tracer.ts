// Spans without a library, for runtimes that have none of Node's: W3C trace context in, W3C trace context out.
// https://www.w3.org/TR/trace-context/#traceparent-header
import type { AttributeValue } from '../spans/span-set.ts'
import type { ActiveSpan, Tracer } from '../tracing.ts'
import { describeAttributes, nanoseconds, type OtlpEvent, type OtlpSpan } from './otlp-trace.ts'
import type { Sampler } from './sampler.ts'

export interface PortableTracerParts {
  readonly sampler: Sampler
  /** Attributes of one span. */
  readonly maxAttributes: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly ended: (span: OtlpSpan) => void
}

interface Parent {
  readonly traceId: string
  readonly spanId: string
  readonly sampled: boolean
}

const kinds = { internal: 1, client: 3 } as const
const statusCodes = { ok: 1, error: 2 } as const
/** That it is known whether the parent is elsewhere, and that it is. */
const remoteParent = 0x300
const noParent = 0x100

export function createPortableTracer(parts: PortableTracerParts): Tracer {
  const { sampler, maxAttributes, now, ended } = parts
  return {
    start(name, kind, incoming): ActiveSpan {
      const parent = readParent(incoming.get('traceparent'))
      const traceState = parent && (incoming.get('tracestate') ?? undefined)
      const traceId = parent?.traceId ?? randomHex(16)
      const spanId = randomHex(8)
      const sampled = sampler(traceId, parent?.sampled)
      const inject = (headers: Map<string, string>) => {
        headers.set('traceparent', `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`)
      }
      if (!sampled) return { recording: false, set() {}, event() {}, inject, stop() {}, end() {} }
      const startedAt = now()
      const attributes = new Map<string, AttributeValue>()
      const events: OtlpEvent[] = []
      let dropped = 0
      let stoppedAt: number | undefined
      return {
        recording: true,
        set(more) {
          for (const [key, value] of Object.entries(more)) {
            if (value === undefined) continue
            if (attributes.size >= maxAttributes && !attributes.has(key)) dropped++
            else attributes.set(key, value)
          }
        },
        event(event, more = {}) {
          const known = Object.entries(more).flatMap(([key, value]) =>
            value === undefined ? [] : [[key, value] as const],
          )
          events.push({
            timeUnixNano: nanoseconds(stoppedAt ?? now()),
            name: event,
            attributes: describeAttributes(known),
          })
        },
        inject,
        stop() {
          stoppedAt = now()
        },
        end(status) {
          ended({
            traceId,
            spanId,
            traceState,
            parentSpanId: parent?.spanId,
            name,
            kind: kinds[kind],
            startTimeUnixNano: nanoseconds(startedAt),
            endTimeUnixNano: nanoseconds(stoppedAt ?? now()),
            attributes: describeAttributes(attributes),
            droppedAttributesCount: dropped === 0 ? undefined : dropped,
            events,
            status: status.ok
              ? { code: statusCodes.ok, message: undefined }
              : { code: statusCodes.error, message: status.message },
            flags: 1 | (parent === undefined ? noParent : remoteParent),
          })
        },
      }
    },
  }
}

const traceparent =
  /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:$|-)/

function readParent(header: string | null): Parent | undefined {
  const [, traceId, spanId, flags = '00'] = traceparent.exec(header?.trim() ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  return Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
