import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPropagator } from '../../../../runtime-node/otel/propagator.ts'
import { readSampler } from '../../../../runtime-node/otel/sampler.ts'
import { readSpanLimits } from '../../../../runtime-node/otel/span-limits.ts'
import type { SpanRecord } from '../../../../runtime-node/otel/span-record.ts'
import { createTracer } from '../../../../runtime-node/otel/tracer.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

/** A tracer as the variables want it, and the spans that it has ended. */
async function open(variables: Readonly<Record<string, string>> = {}) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const ended: SpanRecord[] = []
  const tracer = createTracer({
    sampler: readSampler(),
    limits: readSpanLimits(128),
    propagator: await createPropagator(['tracecontext', 'baggage']),
    ended: (span) => ended.push(span),
  })
  const start = (headers: Record<string, string> = {}) =>
    tracer.start('ChatCompletion', 'internal', new Headers(headers))
  return { start, ended }
}

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

describe('a span', () => {
  it('has a new trace where the client has none', async () => {
    const { start, ended } = await open()
    start().end({ ok: true })
    start().end({ ok: true })
    expect(ended[0]).toMatchObject({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      traceFlags: 1,
      parent: undefined,
      status: { code: 'ok', message: '' },
    })
    expect(ended[1]?.traceId).not.toBe(ended[0]?.traceId)
  })

  it('goes on with the trace of the client, and hands itself over as the parent', async () => {
    const { start, ended } = await open()
    const span = start({
      traceparent: `00-${traceId}-${parentId}-01`,
      tracestate: 'a=1',
      baggage: 'k=v',
    })
    const headers = new Map<string, string>()
    span.inject(headers)
    span.end({ ok: true })
    const [record] = ended
    expect(record).toMatchObject({
      traceId,
      traceState: 'a=1',
      parent: { spanId: parentId, remote: true },
    })
    expect(Object.fromEntries(headers)).toEqual({
      traceparent: `00-${traceId}-${record?.spanId}-01`,
      tracestate: 'a=1',
      baggage: 'k=v',
    })
  })

  it('that the client does not sample is not recorded, and hands its context over all the same', async () => {
    const { start, ended } = await open()
    const span = start({ traceparent: `00-${traceId}-${parentId}-00` })
    expect(span.recording).toBe(false)
    const headers = new Map<string, string>()
    span.inject(headers)
    span.end({ ok: true })
    expect(ended).toEqual([])
    expect(headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`))
    expect(headers.get('traceparent')).not.toContain(parentId)
  })

  it('keeps the later of two values, and leaves out what is undefined', async () => {
    const { start, ended } = await open()
    const span = start()
    span.set({ 'llm.model_name': 'asked', absent: undefined, n: 0 })
    span.set({ 'llm.model_name': 'answered' })
    span.end({ ok: true })
    expect(Object.fromEntries(ended[0]?.attributes ?? [])).toEqual({
      'llm.model_name': 'answered',
      n: 0,
    })
  })

  it('ends after it has begun, whatever the clock does, with its events between', async () => {
    const { start, ended } = await open()
    const span = start()
    span.event('First Token Stream Event')
    span.event('exception', { 'exception.type': 'Error', 'exception.message': undefined })
    span.end({ ok: false, message: 'Error code: 500' })
    const { startedAt = 0, endedAt = 0, events = [], status } = ended[0] ?? {}
    expect(events.map(({ name }) => name)).toEqual(['First Token Stream Event', 'exception'])
    expect([...(events[1]?.attributes ?? [])]).toEqual([['exception.type', 'Error']])
    const times = [startedAt, ...events.map(({ at }) => at), endedAt]
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(status).toEqual({ code: 'error', message: 'Error code: 500' })
  })
})

describe('a span that has been stopped', () => {
  it('has its end then, whatever is still said about it', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(1000)
    const { start, ended } = await open()
    const span = start()
    vi.mocked(performance.now).mockReturnValue(1005)
    span.stop()
    vi.mocked(performance.now).mockReturnValue(9000)
    span.event('exception')
    span.set({ a: 1 })
    span.end({ ok: true })
    const { startedAt = 0, endedAt, events, attributes } = ended[0] ?? {}
    expect(endedAt).toBe(startedAt + 5)
    expect(events?.[0]?.at).toBe(endedAt)
    expect(attributes?.get('a')).toBe(1)
  })
})

describe('limits', () => {
  it('of attributes, of their values and of events are those of the variables', async () => {
    const { start, ended } = await open({
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_ATTRIBUTE_COUNT_LIMIT: '50',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
      OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT: '1',
    })
    const span = start()
    span.set({ a: 'abcdef', b: ['abcdef', 'g'], c: 1 })
    span.set({ a: 'xyz1', d: 2 })
    span.event('first')
    span.event('second', { e: 1, f: 2 })
    span.end({ ok: true })
    const [record] = ended
    expect(Object.fromEntries(record?.attributes ?? [])).toEqual({ a: 'xyz', b: ['abc', 'g'] })
    expect(record?.droppedAttributes).toBe(2)
    expect(record?.events).toMatchObject([{ name: 'second', droppedAttributes: 1 }])
    expect(record?.droppedEvents).toBe(1)
  })
})

describe('OTEL_TRACES_SAMPLER', () => {
  const sampled = `00-${traceId}-${parentId}-01`
  it.each([
    ['always_on', undefined, true],
    ['always_off', sampled, false],
    ['parentbased_always_off', undefined, false],
    ['parentbased_always_off', sampled, true],
    ['parentbased_always_on', undefined, true],
    ['something', undefined, true],
  ])('%s, parent %s: %s', async (name, traceparent, recorded) => {
    const { start } = await open({ OTEL_TRACES_SAMPLER: name })
    expect(start(traceparent === undefined ? {} : { traceparent }).recording).toBe(recorded)
  })

  it.each([
    ['0', false],
    ['1', true],
    ['1.5', true],
    ['much', true],
  ])('traceidratio with %s', async (ratio, recorded) => {
    const { start } = await open({
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: ratio,
    })
    expect(start().recording).toBe(recorded)
  })
})
