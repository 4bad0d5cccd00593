// Spans on standard output, one JSON object a line, with the members of Go's `stdouttrace`.
import { type HrTime, SpanStatusCode } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base'

export function createConsoleSpanExporter(write: (line: string) => void): SpanExporter {
  return {
    export(spans, done) {
      for (const span of spans) write(`${JSON.stringify(describe(span))}\n`)
      done({ code: ExportResultCode.SUCCESS })
    },
    shutdown: async () => {},
  }
}

const codes: Readonly<Record<SpanStatusCode, string>> = {
  [SpanStatusCode.UNSET]: 'Unset',
  [SpanStatusCode.OK]: 'Ok',
  [SpanStatusCode.ERROR]: 'Error',
}

function describe(span: ReadableSpan) {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  const parent = span.parentSpanContext
  return {
    Name: span.name,
    SpanContext: {
      TraceID: traceId,
      SpanID: spanId,
      TraceFlags: flags(traceFlags),
      TraceState: traceState?.serialize() ?? '',
      Remote: false,
    },
    Parent: {
      TraceID: parent?.traceId ?? '0'.repeat(32),
      SpanID: parent?.spanId ?? '0'.repeat(16),
      TraceFlags: flags(parent?.traceFlags ?? 0),
      TraceState: parent?.traceState?.serialize() ?? '',
      Remote: parent?.isRemote ?? false,
    },
    // The API counts from 0, the wire and Go from 1.
    SpanKind: span.kind + 1,
    StartTime: time(span.startTime),
    EndTime: time(span.endTime),
    Attributes: attributes(span.attributes),
    Events: span.events.map((event) => ({
      Name: event.name,
      Attributes: attributes(event.attributes ?? {}),
      DroppedAttributeCount: event.droppedAttributesCount ?? 0,
      Time: time(event.time),
    })),
    Links: null,
    Status: { Code: codes[span.status.code], Description: span.status.message ?? '' },
    DroppedAttributes: span.droppedAttributesCount,
    DroppedEvents: span.droppedEventsCount,
    DroppedLinks: span.droppedLinksCount,
    ChildSpanCount: 0,
    Resource: attributes(span.resource.attributes),
    InstrumentationScope: {
      Name: span.instrumentationScope.name,
      Version: span.instrumentationScope.version ?? '',
      SchemaURL: span.instrumentationScope.schemaUrl ?? '',
    },
  }
}

const flags = (value: number) => value.toString(16).padStart(2, '0')

const time = ([seconds, nanoseconds]: HrTime) => {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -'.000Z'.length)
  return `${whole}.${String(nanoseconds).padStart(9, '0')}Z`
}

function attributes(values: Readonly<Record<string, unknown>>) {
  return Object.entries(values).map(([key, value]) => ({
    Key: key,
    Value: { Type: typeName(value), Value: value },
  }))
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return `${typeName(value[0])}SLICE`
  if (typeof value === 'boolean') return 'BOOL'
  if (typeof value === 'number') return Number.isInteger(value) ? 'INT64' : 'FLOAT64'
  return 'STRING'
}
