// Our encoding of spans beside that of OpenTelemetry's own exporters.
import { type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { TraceState } from '@opentelemetry/core'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConsoleFormat } from '../../../../runtime-node/otel/console-spans.ts'
import { type SpanRecord, splitTime } from '../../../../runtime-node/otel/span-record.ts'
import { createJsonFormat } from '../../../../runtime-node/otel/spans-json.ts'
import { createProtobufFormat } from '../../../../runtime-node/otel/spans-protobuf.ts'
import type { AttributeValue } from '../../../../src/observe/spans/span-set.ts'

const origin = { resource: { 'service.name': 'gäteway', region: 'eu' }, scope: 'a/scope' }
// The SDK's serializer groups spans by these very objects.
const resource = resourceFromAttributes(origin.resource)
const scope = { name: origin.scope }

function span(more: Partial<SpanRecord> = {}): SpanRecord {
  return {
    name: 'ChatCompletion',
    kind: 'internal',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceState: '',
    traceFlags: 1,
    parent: undefined,
    startedAt: 1_760_000_000_123.456,
    endedAt: 1_760_000_000_999,
    attributes: new Map(),
    droppedAttributes: 0,
    events: [],
    droppedEvents: 0,
    status: { code: 'ok', message: '' },
    ...more,
  }
}

const parent = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
  traceState: '',
  remote: true,
}

/** The same span, as OpenTelemetry's SDK would hand it to an exporter. */
function asReadable(record: SpanRecord): ReadableSpan {
  const context: SpanContext = {
    traceId: record.traceId,
    spanId: record.spanId,
    traceFlags: record.traceFlags,
    ...(record.traceState === '' ? {} : { traceState: new TraceState(record.traceState) }),
  }
  const plain = (attributes: ReadonlyMap<string, AttributeValue>) =>
    Object.fromEntries([...attributes].map(([key, value]) => [key, value as string]))
  const time = (ms: number) => [...splitTime(ms)] as [number, number]
  return {
    name: record.name,
    kind: record.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(record.parent && {
      parentSpanContext: {
        traceId: record.parent.traceId,
        spanId: record.parent.spanId,
        traceFlags: record.parent.traceFlags,
        isRemote: record.parent.remote,
      },
    }),
    startTime: time(record.startedAt),
    endTime: time(record.endedAt),
    status: {
      code: SpanStatusCode[record.status.code === 'ok' ? 'OK' : 'ERROR'],
      ...(record.status.message === '' ? {} : { message: record.status.message }),
    },
    attributes: plain(record.attributes),
    links: [],
    events: record.events.map((event) => ({
      name: event.name,
      time: time(event.at),
      attributes: plain(event.attributes),
      droppedAttributesCount: event.droppedAttributes,
    })),
    duration: [0, 0],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: record.droppedAttributes,
    droppedEventsCount: record.droppedEvents,
    droppedLinksCount: 0,
  }
}

/** Encoded one after the other, as a queue does it. */
function encodeAll(format: ReturnType<typeof createProtobufFormat>, spans: readonly SpanRecord[]) {
  const encoded = spans.map((one) => Uint8Array.from(format.encode(one)))
  const { before, behind } = format.room
  const buffer = Buffer.concat([Buffer.alloc(before), ...encoded, Buffer.alloc(behind)])
  return Buffer.from(format.complete(buffer, buffer.length - behind))
}

const examples: Readonly<Record<string, SpanRecord>> = {
  'of a root': span(),
  'of a child in another process': span({ parent, traceState: 'a=1,b=2', kind: 'client' }),
  'of a child in this one': span({ parent: { ...parent, remote: false } }),
  'that failed': span({
    status: { code: 'error', message: `Error code: 500 - ${'x'.repeat(300)}` },
  }),
  'with events': span({
    events: [
      {
        name: 'First Token Stream Event',
        at: 1_760_000_000_500.25,
        attributes: new Map(),
        droppedAttributes: 0,
      },
      {
        name: 'exception',
        at: 1_760_000_000_600,
        attributes: new Map([['exception.message', 'nö'.repeat(100)]]),
        droppedAttributes: 3,
      },
    ],
    droppedEvents: 2,
  }),
  'with values of every kind': span({
    attributes: new Map<string, AttributeValue>([
      ['text', 'plain'],
      ['empty', ''],
      ['umlauts and more', 'Grüße 漢字 🙂'],
      ['half a pair', '\ud83d'],
      ['long', 'the harbour light '.repeat(2000)],
      ['long and not ASCII', '漢字'.repeat(9000)],
      ['yes', true],
      ['no', false],
      ['zero', 0],
      ['negative', -5],
      ['integer', 231],
      ['large', Number.MAX_SAFE_INTEGER],
      ['larger', 2 ** 62],
      ['beyond', 2 ** 63],
      ['fraction', 0.2],
      ['texts', ['a', 'b', '']],
      ['numbers', [1, 2.5, -3]],
      ['nothing', []],
      ['__proto__', 'a key like another'],
    ]),
    droppedAttributes: 200,
  }),
}

describe('protobuf', () => {
  it.each(Object.entries(examples))('is that of the SDK, to the byte: a span %s', (_, record) => {
    const format = createProtobufFormat(origin)
    const expected = ProtobufTraceSerializer.serializeRequest([asReadable(record)]) ?? []
    expect(encodeAll(format, [record]).toString('hex')).toBe(Buffer.from(expected).toString('hex'))
  })

  it('holds many spans in one request', () => {
    const spans = Object.values(examples)
    const expected = ProtobufTraceSerializer.serializeRequest(spans.map(asReadable)) ?? []
    expect(encodeAll(createProtobufFormat(origin), spans).equals(Buffer.from(expected))).toBe(true)
  })

  it('is that of the SDK for any texts, numbers and times', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.double({ noNaN: true }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string()),
    )
    const format = createProtobufFormat(origin)
    const given = fc.record({
      attributes: fc.array(fc.tuple(fc.string({ minLength: 1 }), value)),
      startedAt: fc.integer({ min: 0, max: 8e15 }).map((eighths) => eighths / 8 / 1000),
    })
    fc.assert(
      fc.property(given, ({ attributes, startedAt }) => {
        // Objects put keys that look like numbers first.
        const named = attributes.map(([key, item]) => [`k${key}`, item] as const)
        const record = span({ attributes: new Map(named), startedAt })
        const expected = ProtobufTraceSerializer.serializeRequest([asReadable(record)]) ?? []
        return encodeAll(format, [record]).equals(Buffer.from(expected))
      }),
      { numRuns: 100 },
    )
  })
})

describe('JSON', () => {
  it.each(Object.entries(examples))('says what the SDK says: a span %s', (_, record) => {
    const expected = JsonTraceSerializer.serializeRequest([asReadable(record)]) ?? []
    const text = encodeAll(createJsonFormat(origin), [record]).toString()
    expect(JSON.parse(text)).toEqual(JSON.parse(Buffer.from(expected).toString()))
  })

  it('holds many spans in one request', () => {
    const text = encodeAll(createJsonFormat(origin), Object.values(examples)).toString()
    const { spans } = JSON.parse(text).resourceSpans[0].scopeSpans[0]
    expect(spans).toHaveLength(Object.keys(examples).length)
  })
})

describe('the console', () => {
  it('has one line with the members of stdouttrace', () => {
    const attributes = new Map<string, AttributeValue>([
      ['n', 1],
      ['f', 0.5],
      ['t', ['a']],
    ])
    const line = createConsoleFormat(origin)(span({ parent, attributes }))
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toMatchObject({
      Name: 'ChatCompletion',
      SpanContext: { TraceID: parent.traceId, SpanID: 'b7ad6b7169203331', TraceFlags: '01' },
      Parent: { SpanID: '00f067aa0ba902b7', Remote: true },
      SpanKind: 1,
      StartTime: '2025-10-09T08:53:20.123456055Z',
      Attributes: [
        { Key: 'n', Value: { Type: 'INT64', Value: 1 } },
        { Key: 'f', Value: { Type: 'FLOAT64', Value: 0.5 } },
        { Key: 't', Value: { Type: 'STRINGSLICE', Value: ['a'] } },
      ],
      Status: { Code: 'Ok', Description: '' },
      InstrumentationScope: { Name: 'a/scope' },
    })
  })
})
