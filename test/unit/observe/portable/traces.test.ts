// Traces of the module that a runtime serves by itself: sent with nothing but `fetch`, when the runtime says so.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProtobufFormat } from '../../../../runtime-node/otel/spans-protobuf.ts'
import { createEntry } from '../../../../src/entry.ts'
import { writeSpans } from '../../../../src/observe/portable/otlp-trace.ts'
import { readPortableSampler } from '../../../../src/observe/portable/sampler.ts'
import type { LogLevel } from '../../../../src/ports.ts'
import { type OtlpSpan, readAttributes } from '../../../support/otlp-receiver.ts'
import {
  backendDocs,
  doc,
  envoyApi,
  gatewayDocs,
  joinDocs,
  modelRule,
  routeDoc,
} from '../../../support/resource-docs.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
} from '../../../support/scripted-provider.ts'

const config = joinDocs([
  ...gatewayDocs(),
  routeDoc('all', [modelRule('m', [{ name: 'one' }])]),
  ...backendDocs('one', 80, { name: 'OpenAI', prefix: '/v1' }),
  doc(envoyApi, 'ClientTrafficPolicy', 'client', {
    spec: {
      targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'aigw' }],
      headers: { withUnderscoresAction: 'DropHeader' },
    },
  }),
])

interface Sent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

const otlp = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.test:4318/',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
}

/** The module with these bindings, and a collector that answers so. */
function setUp(
  env: Readonly<Record<string, string>>,
  answer: Answer = json(completion('Hello')),
  collect: () => Response = () => new Response('{}'),
) {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    // The cast: what is sent is one of these.
    sent.push({ url, headers: init.headers as Sent['headers'], body: init.body as Sent['body'] })
    return collect()
  })
  const logged: [LogLevel, string, unknown][] = []
  const provider = scriptedProvider(answer)
  const { fetch } = createEntry({
    config,
    fetch: provider.fetch,
    log: (level, message, fields) => logged.push([level, message, fields]),
  })
  const waiting: Promise<unknown>[] = []
  const waitUntil = (work: Promise<unknown>) => void waiting.push(work)
  const ask = (body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
    fetch(
      new Request('http://gateway.test/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...body }),
      }),
      env,
      { waitUntil },
    )
  const spans = (): OtlpSpan[] =>
    sent.flatMap(({ body }) => JSON.parse(String(body)).resourceSpans[0].scopeSpans[0].spans)
  return { fetch, ask, sent, spans, waiting, provider, logged, env }
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

describe('on Workers', () => {
  it('are sent once the request has ended, and go on from the client to the provider', async () => {
    const run = setUp({
      ...otlp,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20key',
      OTEL_SERVICE_NAME: 'edge',
    })
    const headers = {
      traceparent: `00-${traceId}-${parentId}-01`,
      tracestate: 'a=b',
      'agent-session-id': 's-1',
    }
    const answer = await run.ask({}, headers)
    expect(await answer.json()).toEqual(completion('Hello'))
    expect(run.waiting).toHaveLength(1)
    await Promise.all(run.waiting)
    expect(run.sent).toHaveLength(1)
    expect(run.sent[0]).toMatchObject({
      url: 'http://collector.test:4318/v1/traces',
      headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    })
    const [span] = run.spans()
    expect(span).toMatchObject({
      traceId,
      parentSpanId: parentId,
      traceState: 'a=b',
      name: 'ChatCompletion',
      kind: 1,
      status: { code: 1 },
      flags: 0x301,
    })
    expect(readAttributes(span?.attributes)).toMatchObject({
      'openinference.span.kind': 'LLM',
      'llm.output_messages.0.message.content': 'Hello',
      'llm.token_count.prompt': 5,
      'session.id': 's-1',
    })
    expect(run.provider.seen[0]?.headers['traceparent']).toBe(`00-${traceId}-${span?.spanId}-01`)
    const [{ resource, scopeSpans }] = JSON.parse(String(run.sent[0]?.body)).resourceSpans
    expect(readAttributes(resource.attributes)['service.name']).toBe('edge')
    expect(scopeSpans[0].scope.name).toBe('envoyproxy/ai-gateway')
  })

  it('of a stream wait for its end, and hold nothing up', async () => {
    let release = () => {}
    const more = new Promise<void>((resolve) => {
      release = resolve
    })
    const [first = '', second = '', ...rest] = chatChunks(['Hel', 'lo'])
    const encoder = new TextEncoder()
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(encoder.encode(first + second))
        await more
        controller.enqueue(encoder.encode(rest.join('')))
        controller.close()
      },
    })
    const run = setUp(
      otlp,
      () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    )
    const answer = await run.ask({ stream: true })
    const reader = answer.body?.getReader()
    // The provider has not said its last word.
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('Hel')
    expect(run.sent).toEqual([])
    release()
    while ((await reader?.read())?.done === false);
    await Promise.all(run.waiting)
    const [span] = run.spans()
    expect(span?.events?.map(({ name }) => name)).toEqual(['First Token Stream Event'])
    expect(readAttributes(span?.attributes)['llm.output_messages.0.message.content']).toBe('Hello')
  })

  it.each([
    ['refuses', () => new Response('no', { status: 500 })],
    [
      'is not there',
      () => {
        throw new TypeError('fetch failed: http://user:SECRET@collector')
      },
    ],
  ])('cost nothing but themselves where the collector %s', async (_, collect) => {
    const run = setUp(otlp, undefined, collect)
    for (let index = 0; index < 3; index++) {
      expect(await (await run.ask()).json()).toEqual(completion('Hello'))
    }
    await Promise.all(run.waiting)
    const told = run.logged.filter(([, message]) => message === 'spans were not sent')
    expect(told).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain('SECRET')
  })

  it('wait for requests that lose a header on their way in', async () => {
    const run = setUp(otlp)
    const answer = run.ask({}, { session_id: 's-1' })
    expect(run.waiting).toHaveLength(1)
    await (await answer).text()
    await Promise.all(run.waiting)
    expect(run.spans()).not.toEqual([])
    expect(run.provider.seen[0]?.headers).not.toHaveProperty('session_id')
  })

  it('keep nobody waiting for what is no call', async () => {
    const run = setUp(otlp)
    const { fetch, env } = run
    const waitUntil = (work: Promise<unknown>) => void run.waiting.push(work)
    for (const path of ['/v1/models', '/v1/nothing', '/']) {
      await fetch(new Request(`http://gateway.test${path}`), env, { waitUntil })
    }
    await Promise.all(run.waiting)
    expect(run.waiting).toHaveLength(3)
    expect(run.sent).toEqual([])
  })

  it('that a client does not want are not sent, and go on all the same', async () => {
    const run = setUp(otlp)
    await (await run.ask({}, { traceparent: `00-${traceId}-${parentId}-00` })).text()
    await Promise.all(run.waiting)
    expect(run.sent).toEqual([])
    expect(run.provider.seen[0]?.headers['traceparent']).toMatch(
      new RegExp(`^00-${traceId}-(?!${parentId})[\\da-f]{16}-00$`),
    )
  })

  it('begin anew where what the client sent makes no sense', async () => {
    const run = setUp(otlp)
    for (const traceparent of [
      'x',
      `00-${'0'.repeat(32)}-${parentId}-01`,
      `ff-${traceId}-${parentId}-01`,
    ]) {
      await (await run.ask({}, { traceparent })).text()
    }
    await Promise.all(run.waiting)
    for (const span of run.spans()) {
      expect(span.traceId).toMatch(/^(?!0{32}|0af7)[\da-f]{32}$/)
      expect(span.parentSpanId).toBeUndefined()
    }
    expect(run.spans()).toHaveLength(3)
  })
})

describe('elsewhere', () => {
  it('are sent a while after the request', async () => {
    vi.useFakeTimers()
    const run = setUp({ ...otlp, OTEL_BSP_SCHEDULE_DELAY: '2000' })
    const request = () =>
      new Request('http://gateway.test/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hi' }] }),
      })
    await (await run.fetch(request(), run.env)).text()
    await (await run.fetch(request(), run.env)).text()
    expect(run.sent).toEqual([])
    await vi.advanceTimersByTimeAsync(2000)
    expect(run.sent).toHaveLength(1)
    expect(run.spans()).toHaveLength(2)
  })
})

describe('variables', () => {
  it('that are not there send nothing, and leave what the client sent as it is', async () => {
    const run = setUp({})
    const traceparent = `00-${traceId}-${parentId}-01`
    await (await run.ask({}, { traceparent })).text()
    expect(run.waiting).toEqual([])
    expect(run.provider.seen[0]?.headers['traceparent']).toBe(traceparent)
  })

  it('name an endpoint for traces as it is, with user and password', async () => {
    const run = setUp({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://me:p%40ss@collector.test/custom',
    })
    await (await run.ask()).text()
    await Promise.all(run.waiting)
    expect(run.sent[0]).toMatchObject({
      url: 'https://collector.test/custom',
      headers: {
        'content-type': 'application/x-protobuf',
        authorization: `Basic ${btoa('me:p@ss')}`,
      },
    })
  })

  it.each([
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'http/protobuf and port 4318'],
    [{ OTEL_TRACES_EXPORTER: 'console' }, 'OTEL_TRACES_EXPORTER'],
    [{ OTEL_PROPAGATORS: 'b3' }, 'OTEL_PROPAGATORS'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'SECRET' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ AI_GATEWAY_TRACING_SEMCONV: 'x' }, 'AI_GATEWAY_TRACING_SEMCONV'],
  ])('that make no sense here are named, and cost the traces alone: %j', async (env, said) => {
    const run = setUp({ ...otlp, ...env })
    expect((await run.ask()).status).toBe(200)
    const errors = JSON.stringify(run.logged.filter(([level]) => level === 'error'))
    expect(errors).toContain(said)
    expect(errors).not.toContain('SECRET')
    expect(run.sent).toEqual([])
  })

  it.each([
    [{}, true, true, false],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, true, true, true],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, false, false, false],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, false, true, false],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, false, false, false],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, true, true, true],
    [
      { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' },
      false,
      true,
      false,
    ],
  ])('choose a sampler: %j', (env, root, sampled, unsampled) => {
    const sampler = readPortableSampler(env)
    expect([sampler(traceId, undefined), sampler(traceId, true), sampler(traceId, false)]).toEqual([
      root,
      sampled,
      unsampled,
    ])
  })
})

it('a span is the same bytes in protobuf as on Node', () => {
  const source = { resource: { 'service.name': 'x' }, scope: 's' }
  const value = {
    text: 'é',
    yes: true,
    int: 5,
    minus: -1,
    half: 0.5,
    list: ['a', 'b'],
    floats: [0.5, 1],
  }
  const attributes = Object.entries(value)
  const node = createProtobufFormat(source)
  const encoded = node.encode({
    name: 'n',
    kind: 'client',
    traceId,
    spanId: parentId,
    traceState: 'a=b',
    traceFlags: 1,
    parent: { traceId, spanId: parentId, traceFlags: 1, traceState: '', remote: true },
    startedAt: 1_700_000_000_123.25,
    endedAt: 1_700_000_000_200,
    attributes: new Map(attributes),
    droppedAttributes: 3,
    events: [
      { name: 'e', at: 1_700_000_000_150, attributes: new Map([['k', 'v']]), droppedAttributes: 0 },
    ],
    droppedEvents: 0,
    status: { code: 'error', message: 'no' },
  })
  const describeOne = (key: string, item: unknown): object => {
    if (typeof item === 'string') return { stringValue: item }
    if (typeof item === 'boolean') return { boolValue: item }
    if (Array.isArray(item))
      return { arrayValue: { values: item.map((each) => describeOne(key, each)) } }
    return Number.isInteger(item) ? { intValue: item } : { doubleValue: item }
  }
  const own = writeSpans('http/protobuf', source, [
    {
      traceId,
      spanId: parentId,
      traceState: 'a=b',
      parentSpanId: parentId,
      name: 'n',
      kind: 3,
      startTimeUnixNano: '1700000000123250000',
      endTimeUnixNano: '1700000000200000000',
      // The cast: made as the interface has it.
      attributes: attributes.map(([key, item]) => ({
        key,
        value: describeOne(key, item) as never,
      })),
      droppedAttributesCount: 3,
      events: [
        {
          timeUnixNano: '1700000000150000000',
          name: 'e',
          attributes: [{ key: 'k', value: { stringValue: 'v' } }],
        },
      ],
      status: { message: 'no', code: 2 },
      flags: 0x301,
    },
  ])
  const hexOf = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('hex')
  // On Node, counts of 0 are written out: of events' attributes, of events, of links, and of the resource's attributes.
  const { before, behind } = node.room
  const buffer = new Uint8Array(before + encoded.length + behind)
  buffer.set(encoded, before)
  const wanted = node.complete(buffer, before + encoded.length)
  expect(readFields(hexOf(own))).toEqual(readFields(hexOf(wanted)))
})

/** Fields in order, nested as far as they can be messages, without counts of 0. */
function readFields(hex: string): unknown[] {
  const bytes = Buffer.from(hex, 'hex')
  const fields: unknown[] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('it ends')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const field = tag >> 3
    if ((tag & 7) === 0) {
      const value = varint()
      if (value !== 0n) fields.push([field, String(value)])
    } else {
      const length = { 1: 8, 5: 4 }[tag & 7] ?? Number(varint())
      const content = bytes.subarray(at, at + length).toString('hex')
      at += length
      fields.push([field, (tag & 7) === 2 ? readInner(content) : content])
    }
  }
  if (at !== bytes.length) throw new Error('it ends early')
  return fields
}

function readInner(hex: string): unknown {
  try {
    return hex === '' ? '' : readFields(hex)
  } catch {
    return hex
  }
}
