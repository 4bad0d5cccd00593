// A span as its formats see it. https://opentelemetry.io/docs/specs/otel/trace/api/#span
import type { AttributeValue } from '../../src/observe/spans/span-set.ts'

export interface SpanRecord {
  readonly name: string
  readonly kind: SpanKind
  /** Lower-case hex, 32 and 16 digits. */
  readonly traceId: string
  readonly spanId: string
  /** As in the header `tracestate`; `''` where there is none. */
  readonly traceState: string
  readonly traceFlags: number
  readonly parent: SpanParent | undefined
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number
  endedAt: number
  readonly attributes: Map<string, AttributeValue>
  droppedAttributes: number
  readonly events: SpanEvent[]
  droppedEvents: number
  status: SpanStatus
}

export type SpanKind = 'internal' | 'client'

export interface SpanParent {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState: string
  readonly remote: boolean
}

export interface SpanEvent {
  readonly name: string
  readonly at: number
  readonly attributes: Map<string, AttributeValue>
  readonly droppedAttributes: number
}

export interface SpanStatus {
  readonly code: 'unset' | 'ok' | 'error'
  readonly message: string
}

/** Numbers of the OTLP. */
export const kindNumbers: Readonly<Record<SpanKind, number>> = { internal: 1, client: 3 }
export const statusNumbers: Readonly<Record<SpanStatus['code'], number>> = {
  unset: 0,
  ok: 1,
  error: 2,
}

const hasIsRemote = 0x100
const isRemote = 0x200

/** `Span.flags` of the OTLP: those of the W3C, and whether the parent is known to be in another process. */
export const flagsOf = ({ traceFlags, parent }: SpanRecord) =>
  (traceFlags & 0xff) | hasIsRemote | (parent?.remote ? isRemote : 0)

/** Whole seconds, and nanoseconds of the last. */
export function splitTime(ms: number): readonly [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}
