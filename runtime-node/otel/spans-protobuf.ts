// Spans in protobuf, the field numbers by hand.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import type { AttributeValue } from '../../src/observe/spans/span-set.ts'
import { createProtobufWriter, type ProtobufWriter } from './protobuf-writer.ts'
import type { SpanFormat, SpanOrigin } from './span-format.ts'
import {
  flagsOf,
  kindNumbers,
  type SpanEvent,
  type SpanRecord,
  statusNumbers,
} from './span-record.ts'

export function createProtobufFormat({ resource, scope }: SpanOrigin): SpanFormat {
  const writer = createProtobufWriter()

  const keep = (write: () => void): Uint8Array => {
    write()
    return Uint8Array.from(writer.take())
  }
  const resourceField = keep(() => {
    const start = writer.open(1) // ResourceSpans.resource
    writeAttributes(writer, 1, Object.entries(resource))
    writer.varint(2, 0) // dropped_attributes_count
    writer.close(start)
  })
  const scopeField = keep(() => {
    const start = writer.open(1) // ScopeSpans.scope
    writer.string(1, scope)
    writer.close(start)
  })
  const before = 2 * maxHead + resourceField.length + scopeField.length
  return {
    room: { before, behind: 0 },
    encode(span) {
      const start = writer.open(2) // ScopeSpans.spans
      writeSpan(writer, span)
      writer.close(start)
      return writer.take()
    },
    complete(buffer, end) {
      const inScope = scopeField.length + end - before
      const scopeHead = keep(() => writer.head(2, inScope)) // ResourceSpans.scope_spans
      const inResource = resourceField.length + scopeHead.length + inScope
      const head = keep(() => writer.head(1, inResource)) // …Request.resource_spans
      let start = before
      for (const part of [scopeField, scopeHead, resourceField, head]) {
        start -= part.length
        buffer.set(part, start)
      }
      return buffer.subarray(start, end)
    },
  }
}

/** A tag of one byte, a length of at most eight. */
const maxHead = 9

/** Counts are written though they are 0, as OpenTelemetry's own exporter does: so the two can be held side by side. */
function writeSpan(writer: ProtobufWriter, span: SpanRecord): void {
  writer.hex(1, span.traceId)
  writer.hex(2, span.spanId)
  if (span.traceState !== '') writer.string(3, span.traceState)
  if (span.parent !== undefined) writer.hex(4, span.parent.spanId)
  writer.string(5, span.name)
  writer.varint(6, kindNumbers[span.kind])
  writeTime(writer, 7, span.startedAt)
  writeTime(writer, 8, span.endedAt)
  writeAttributes(writer, 9, span.attributes)
  writer.varint(10, span.droppedAttributes)
  for (const event of span.events) writeEvent(writer, event)
  writer.varint(12, span.droppedEvents)
  writer.varint(14, 0) // links
  const status = writer.open(15)
  if (span.status.message !== '') writer.string(2, span.status.message)
  writer.varint(3, statusNumbers[span.status.code])
  writer.close(status)
  writer.fixed32(16, flagsOf(span))
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent): void {
  const start = writer.open(11)
  writeTime(writer, 1, event.at)
  writer.string(2, event.name)
  writeAttributes(writer, 3, event.attributes)
  writer.varint(4, event.droppedAttributes)
  writer.close(start)
}

/** Nanoseconds since the epoch: more than a number can hold, so in steps of 65536 ms. */
function writeTime(writer: ProtobufWriter, field: number, ms: number): void {
  const whole = Math.floor(ms)
  const high = Math.floor(whole / 0x10000) * 1e6
  const low = (whole % 0x10000) * 1e6 + Math.round((ms - whole) * 1e6)
  const sum = (high % 0x10000) * 0x10000 + low
  writer.fixed64(field, sum >>> 0, Math.floor(high / 0x10000) + Math.floor(sum / 0x100000000))
}

function writeAttributes(
  writer: ProtobufWriter,
  field: number,
  attributes: Iterable<readonly [string, AttributeValue]>,
): void {
  for (const [key, value] of attributes) {
    const pair = writer.open(field)
    writer.string(1, key)
    writeValue(writer, 2, value)
    writer.close(pair)
  }
}

function writeValue(writer: ProtobufWriter, field: number, value: AttributeValue): void {
  const start = writer.open(field)
  if (typeof value === 'string') writer.string(1, value)
  else if (typeof value === 'boolean') writer.varint(2, value ? 1 : 0)
  else if (typeof value === 'number') {
    if (isInt64(value)) writer.varint(3, value)
    else writer.double(4, value)
  } else {
    const list = writer.open(5)
    for (const item of value) writeValue(writer, 1, item)
    writer.close(list)
  }
  writer.close(start)
}

const isInt64 = (value: number) => Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63
