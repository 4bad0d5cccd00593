// Spans in the OTLP's JSON. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import { Buffer } from 'node:buffer'
import type { AttributeValue } from '../../src/observe/spans/span-set.ts'
import type { SpanFormat, SpanOrigin } from './span-format.ts'
import { flagsOf, kindNumbers, type SpanRecord, splitTime, statusNumbers } from './span-record.ts'

export function createJsonFormat({ resource, scope }: SpanOrigin): SpanFormat {
  const whole = JSON.stringify({
    resourceSpans: [
      {
        resource: {
          attributes: describeAttributes(Object.entries(resource)),
          droppedAttributesCount: 0,
        },
        scopeSpans: [{ scope: { name: scope }, spans: [] }],
      },
    ],
  })
  const end = ']}]}]}'
  const head = Buffer.from(whole.slice(0, -end.length))
  const tail = Buffer.from(end)
  return {
    room: { before: head.length, behind: tail.length },
    encode: (span) => Buffer.from(`,${JSON.stringify(describeSpan(span))}`),
    complete(buffer, end) {
      // In place of the comma before the first span.
      buffer.set(head, 1)
      buffer.set(tail, end)
      return buffer.subarray(1, end + tail.length)
    },
  }
}

function describeSpan(span: SpanRecord) {
  const { parent, traceState, events } = span
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(traceState === '' ? {} : { traceState }),
    ...(parent === undefined ? {} : { parentSpanId: parent.spanId }),
    name: span.name,
    kind: kindNumbers[span.kind],
    startTimeUnixNano: describeTime(span.startedAt),
    endTimeUnixNano: describeTime(span.endedAt),
    attributes: describeAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributes,
    events: events.map((event) => ({
      timeUnixNano: describeTime(event.at),
      name: event.name,
      attributes: describeAttributes(event.attributes),
      droppedAttributesCount: event.droppedAttributes,
    })),
    droppedEventsCount: span.droppedEvents,
    links: [],
    droppedLinksCount: 0,
    status: {
      code: statusNumbers[span.status.code],
      ...(span.status.message === '' ? {} : { message: span.status.message }),
    },
    flags: flagsOf(span),
  }
}

function describeTime(ms: number): string {
  const [seconds, nanoseconds] = splitTime(ms)
  return `${seconds}${String(nanoseconds).padStart(9, '0')}`
}

const describeAttributes = (attributes: Iterable<readonly [string, AttributeValue]>) =>
  Array.from(attributes, ([key, value]) => ({ key, value: describeValue(value) }))

function describeValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number') return { arrayValue: { values: Array.from(value, describeValue) } }
  return Number.isInteger(value) ? { intValue: value } : { doubleValue: value }
}
