// Spans on standard output, one JSON object a line, with the members of Go's `stdouttrace`.

import type { SpanOrigin } from './span-format.ts'
import {
  kindNumbers,
  type SpanParent,
  type SpanRecord,
  type SpanStatus,
  splitTime,
} from './span-record.ts'

/** A span as one line, without its end. */
export function createConsoleFormat({ resource, scope }: SpanOrigin): (span: SpanRecord) => string {
  const origin = {
    Resource: describeAttributes(Object.entries(resource)),
    InstrumentationScope: { Name: scope, Version: '', SchemaURL: '' },
  }
  return (span) => JSON.stringify({ ...describe(span), ...origin })
}

const codes: Readonly<Record<SpanStatus['code'], string>> = {
  unset: 'Unset',
  ok: 'Ok',
  error: 'Error',
}

const noParent: SpanParent = {
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  traceFlags: 0,
  traceState: '',
  remote: false,
}

const describe = (span: SpanRecord) => ({
  Name: span.name,
  SpanContext: describeContext({ ...span, remote: false }),
  Parent: describeContext(span.parent ?? noParent),
  SpanKind: kindNumbers[span.kind],
  StartTime: describeTime(span.startedAt),
  EndTime: describeTime(span.endedAt),
  Attributes: describeAttributes(span.attributes),
  Events: span.events.map((event) => ({
    Name: event.name,
    Attributes: describeAttributes(event.attributes),
    DroppedAttributeCount: event.droppedAttributes,
    Time: describeTime(event.at),
  })),
  Links: null,
  Status: { Code: codes[span.status.code], Description: span.status.message },
  DroppedAttributes: span.droppedAttributes,
  DroppedEvents: span.droppedEvents,
  DroppedLinks: 0,
  ChildSpanCount: 0,
})

const describeContext = ({ traceId, spanId, traceFlags, traceState, remote }: SpanParent) => ({
  TraceID: traceId,
  SpanID: spanId,
  TraceFlags: traceFlags.toString(16).padStart(2, '0'),
  TraceState: traceState,
  Remote: remote,
})

function describeTime(ms: number): string {
  const [seconds, nanoseconds] = splitTime(ms)
  const whole = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`
}

const describeAttributes = (values: Iterable<readonly [string, unknown]>) =>
  Array.from(values, ([key, value]) => ({
    Key: key,
    Value: { Type: typeName(value), Value: value },
  }))

function typeName(value: unknown): string {
  if (Array.isArray(value)) return `${typeName(value[0])}SLICE`
  if (typeof value === 'boolean') return 'BOOL'
  if (typeof value === 'number') return Number.isInteger(value) ? 'INT64' : 'FLOAT64'
  return 'STRING'
}
