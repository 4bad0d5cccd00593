import { describe, expect, it } from 'vitest'
import { createGatewayFacts } from '../../runtime-node/gateway-facts.ts'
import { createPrometheus } from '../../runtime-node/prometheus.ts'
import type { BackendSpec, RuleSpec } from '../../src/config/config.ts'
import { createGenaiMetrics } from '../../src/observe/genai-metrics.ts'
import { readHeaderAttributes } from '../../src/observe/header-attributes.ts'
import { readResource } from '../../src/observe/resource.ts'
import { type ChatInit, hello, helloStream, testGateway } from '../support/ask.ts'
import { readExposition, type Scrape } from '../support/exposition.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  silence,
  stream,
} from '../support/scripted-provider.ts'

interface Setup {
  readonly answers: readonly Answer[]
  readonly backends?: readonly BackendSpec[]
  readonly rules?: readonly RuleSpec[]
  readonly env?: Readonly<Record<string, string>>
  readonly errorTypes?: 'kinds'
}

function measured({ answers, backends = [backend('one')], rules, env = {}, errorTypes }: Setup) {
  const provider = scriptedProvider(...answers)
  const attributes = readHeaderAttributes(env).metrics
  const prometheus = createPrometheus({
    attributes: attributes.map(({ attribute }) => attribute),
    resource: readResource(env).attributes,
    facts: [],
  })
  const run = testGateway({
    config: gatewaySpec(backends, rules ?? [rule([], [ref('one')])]),
    fetch: provider.fetch,
    observers: [
      createGenaiMetrics({
        sink: prometheus.sink,
        headerAttributes: attributes,
        ...(errorTypes === undefined ? {} : { errorTypes }),
      }),
    ],
  })
  const ask = async (body: unknown, init?: ChatInit) => {
    const response = await run.chat(body, init)
    await response.text()
    return response
  }
  const scrape = async (): Promise<Scrape> => readExposition((await prometheus.scrape()).body)
  return { ...run, provider, ask, scrape, text: () => prometheus.scrape() }
}

const tokens = 'gen_ai_client_token_usage'
const duration = 'gen_ai_server_request_duration_seconds'
const first = 'gen_ai_server_time_to_first_token_seconds'
const pace = 'gen_ai_server_time_per_output_token_seconds'

const detailed = {
  ...completion('Hello'),
  model: 'm1-2025',
  usage: {
    prompt_tokens: 9,
    completion_tokens: 12,
    total_tokens: 21,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 3 },
  },
}

describe('the metrics of a plain call', () => {
  it('have the names, help, labels and order that dashboards know', async () => {
    const run = measured({ answers: [json(detailed)] })
    await run.ask({ ...hello, model: 'm1' })
    const { body, contentType } = await run.text()
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=underscores')
    const scope =
      'otel_scope_name="envoyproxy/ai-gateway",otel_scope_schema_url="",otel_scope_version=""'
    const call =
      'gen_ai_operation_name="chat",gen_ai_original_model="m1",gen_ai_provider_name="openai",gen_ai_request_model="m1",gen_ai_response_model="m1-2025"'
    const lines = body.split('\n')
    expect(lines.filter((line) => line.startsWith('#'))).toEqual([
      `# HELP ${tokens} Number of tokens processed.`,
      `# TYPE ${tokens} histogram`,
      `# HELP ${duration} Generative AI server request duration such as time-to-last byte or last output token.`,
      `# TYPE ${duration} histogram`,
      '# HELP target_info Target metadata',
      '# TYPE target_info gauge',
    ])
    expect(lines.filter((line) => /_(sum|count)\{/.test(line))).toEqual([
      ...[
        ['cache_creation_input', 0],
        ['cached_input', 4],
        ['input', 9],
        ['output', 12],
        ['reasoning', 3],
      ].flatMap(([type, sum]) => [
        `${tokens}_sum{${call},gen_ai_token_type="${type}",${scope}} ${sum}`,
        `${tokens}_count{${call},gen_ai_token_type="${type}",${scope}} 1`,
      ]),
      `${duration}_sum{${call},${scope}} 0`,
      `${duration}_count{${call},${scope}} 1`,
    ])
    const buckets = lines
      .filter((line) => line.startsWith(`${tokens}_bucket{`) && line.includes('"output"'))
      .map((line) => line.slice(line.indexOf('le=')))
    expect(buckets).toEqual([
      ...['1', '4'].map((le) => `le="${le}"} 0`),
      ...['16', '64', '256', '1024', '4096', '16384', '65536', '262144'].map(
        (le) => `le="${le}"} 1`,
      ),
      ...['1.048576e+06', '4.194304e+06', '1.6777216e+07', '6.7108864e+07', '+Inf'].map(
        (le) => `le="${le}"} 1`,
      ),
    ])
    expect(lines.at(-2)).toBe(
      'target_info{service_name="ai-gateway",telemetry_sdk_language="nodejs",telemetry_sdk_name="opentelemetry",telemetry_sdk_version="2.12.1"} 1',
    )
  })

  it('count a call without a model under an empty one', async () => {
    const run = measured({ answers: [json(detailed)] })
    await run.ask({ messages: hello.messages })
    const labels = { gen_ai_original_model: '', gen_ai_request_model: '' }
    expect((await run.scrape()).value(`${duration}_count`, labels)).toBe(1)
  })

  it('keep the model of the client beside the one that was asked for', async () => {
    const run = measured({
      answers: [json(detailed)],
      rules: [rule([], [ref('one', { modelNameOverride: 'upstream' })])],
    })
    await run.ask(hello)
    const labels = { gen_ai_original_model: 'm', gen_ai_request_model: 'upstream' }
    expect(
      (await run.scrape()).value(`${tokens}_count`, { ...labels, gen_ai_token_type: 'input' }),
    ).toBe(1)
  })

  it('know no more token types than the provider has reported', async () => {
    const run = measured({ answers: [json(completion('Hello'))] })
    await run.ask(hello)
    const found = await run.scrape()
    expect(found.sum(`${tokens}_count`)).toBe(2)
    expect(found.value(`${tokens}_sum`, { gen_ai_token_type: 'output' })).toBe(2)
  })
})

describe('failures', () => {
  it.each([400, 401, 404, 429, 500, 503])('of a provider with %d count once', async (status) => {
    const run = measured({ answers: [json({ error: { message: 'no' } }, status)] })
    await run.ask(hello)
    const found = await run.scrape()
    expect(found.value(`${duration}_count`)).toBe(1)
    const labels = { error_type: '_OTHER', gen_ai_response_model: 'unknown' }
    expect(found.value(`${duration}_count`, labels)).toBe(1)
    expect(found.sum(`${tokens}_count`)).toBe(0)
  })

  it('to connect count once, with provider and models', async () => {
    const refused: Answer = () => {
      throw new TypeError('fetch failed')
    }
    const run = measured({ answers: [refused] })
    await run.ask(hello)
    const labels = {
      error_type: '_OTHER',
      gen_ai_provider_name: 'openai',
      gen_ai_request_model: 'm',
    }
    expect((await run.scrape()).value(`${duration}_count`, labels)).toBe(1)
  })

  it('for want of a credential count once', async () => {
    const run = measured({
      answers: [json({})],
      backends: [backend('one', { auth: { type: 'APIKey', missing: 'set KEY' } })],
    })
    expect((await run.ask(hello)).status).toBe(401)
    expect((await run.scrape()).value(`${duration}_count`, { error_type: '_OTHER' })).toBe(1)
  })

  it('for want of a translator count once, with a duration that makes sense', async () => {
    const run = measured({
      answers: [json({})],
      backends: [backend('one', { schema: { name: 'Cohere' } })],
    })
    expect((await run.ask(hello)).status).toBe(501)
    const found = await run.scrape()
    expect(found.value(`${duration}_count`, { gen_ai_provider_name: 'cohere' })).toBe(1)
    expect(found.sum(`${duration}_sum`)).toBeLessThan(1)
  })

  it.each([
    ['malformed JSON', '{', {}],
    ['an unrouted model', JSON.stringify({ ...hello, model: 'nobody' }), {}],
    ['an unknown path', JSON.stringify(hello), { path: '/v1/nothing' }],
  ])('by %s are no calls', async (_, body, init) => {
    const run = measured({
      answers: [json(detailed)],
      rules: [rule([exact('x-ai-eg-model', 'm')], [ref('one')])],
    })
    expect((await run.ask(body, init)).status).toBeGreaterThanOrEqual(400)
    expect((await run.text()).body).not.toContain('gen_ai')
  })

  it('say what happened where that is asked for', async () => {
    const run = measured({ answers: [json({}, 429)], errorTypes: 'kinds' })
    await run.ask(hello)
    expect((await run.scrape()).value(`${duration}_count`, { error_type: '429' })).toBe(1)
  })

  it('count for each attempt, and the answer for the one that gave it', async () => {
    const run = measured({
      answers: [json({ error: { message: 'busy' } }, 503), json(detailed)],
      backends: [backend('one'), backend('two')],
      rules: [
        rule([], [ref('one'), ref('two', { priority: 1, modelNameOverride: 'second' })], {
          retry: retryOn(['5xx'], { numAttemptsPerPriority: 1 }),
        }),
      ],
    })
    expect((await run.ask(hello)).status).toBe(200)
    const found = await run.scrape()
    const failed = { gen_ai_request_model: 'm', error_type: '_OTHER' }
    expect(found.value(`${duration}_count`, failed)).toBe(1)
    const answered = { gen_ai_request_model: 'second', gen_ai_response_model: 'm1-2025' }
    expect(found.value(`${duration}_count`, answered)).toBe(1)
    expect(found.sum(`${tokens}_count`)).toBe(5)
    expect(found.sum(`${duration}_count`)).toBe(2)
  })
})

/** A stream whose chunks come when the test says so. */
function pacedStream() {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      control = controller
    },
  })
  return {
    answer: () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    send: (text: string) => control?.enqueue(new TextEncoder().encode(text)),
    end: () => control?.close(),
  }
}

const base = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm1' }
const event = (value: object) => `data: ${JSON.stringify({ ...base, ...value })}\n\n`
const role = event({ choices: [{ index: 0, delta: { role: 'assistant' } }] })
const delta = (content: string) => event({ choices: [{ index: 0, delta: { content } }] })
const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const usage = (output: number) =>
  event({
    choices: [],
    usage: { prompt_tokens: 3, completion_tokens: output, total_tokens: 3 + output },
  })

describe('the pace of a stream', () => {
  it('is the time to its first bytes, and the rest over all tokens but the first', async () => {
    const script = pacedStream()
    const run = measured({ answers: [script.answer] })
    const pending = run.ask(helloStream)
    await run.clock.advance(10)
    script.send(role + delta('a'))
    await run.clock.advance(10)
    script.send(`${finish + usage(5)}data: [DONE]\n\n`)
    script.end()
    await pending
    const found = await run.scrape()
    expect(found.value(`${first}_sum`)).toBeCloseTo(0.01, 9)
    expect(found.value(`${pace}_sum`)).toBeCloseTo(0.0025, 9)
    expect(found.value(`${duration}_sum`)).toBeCloseTo(0.02, 9)
  })

  it('begins with the first bytes, whether or not they hold a token', async () => {
    const script = pacedStream()
    const run = measured({ answers: [script.answer] })
    const pending = run.ask(helloStream)
    await run.clock.advance(5)
    script.send(role)
    await run.clock.advance(5)
    script.send(`${delta('a') + finish + usage(1)}data: [DONE]\n\n`)
    script.end()
    await pending
    const found = await run.scrape()
    expect(found.value(`${first}_sum`)).toBeCloseTo(0.005, 9)
    expect(found.value(`${pace}_count`)).toBeUndefined()
  })

  it('has no time per token when all came at once', async () => {
    const run = measured({ answers: [stream({ chunks: [chatChunks(['a', 'b']).join('')] })] })
    await run.ask(helloStream)
    const found = await run.scrape()
    expect(found.value(`${first}_count`)).toBe(1)
    expect(found.value(`${pace}_count`)).toBeUndefined()
  })

  it('is none where the answer is not streamed, or breaks', async () => {
    const run = measured({
      answers: [json(detailed), stream({ chunks: [role, delta('a'), delta('b')], end: 'reset' })],
    })
    await run.ask(hello)
    await run.ask(helloStream)
    const found = await run.scrape()
    expect(found.value(`${first}_count`)).toBeUndefined()
    expect(found.value(`${duration}_count`, { error_type: '_OTHER' })).toBe(1)
  })
})

describe('a client that leaves', () => {
  it('is a failure, with the usage that is known', async () => {
    const script = pacedStream()
    const run = measured({ answers: [script.answer] })
    const pending = run.chat(helloStream)
    script.send(role + delta('a') + usage(7))
    const reader = (await pending).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await settle()
    const found = await run.scrape()
    expect(found.value(`${duration}_count`, { error_type: '_OTHER' })).toBe(1)
    expect(found.value(`${tokens}_sum`, { gen_ai_token_type: 'output' })).toBe(7)
  })

  it('is one before the head too', async () => {
    const run = measured({ answers: [silence] })
    const client = new AbortController()
    const pending = run.ask(hello, { signal: client.signal })
    await settle()
    client.abort()
    await pending
    expect((await run.scrape()).value(`${duration}_count`, { error_type: '_OTHER' })).toBe(1)
  })
})

describe('request headers', () => {
  it('become labels where they are mapped', async () => {
    const env = { OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES: 'x-tenant:tenant.id' }
    const run = measured({ answers: [json(detailed)], env })
    await run.ask(hello, { headers: { 'x-tenant': 'a"b\\c' } })
    await run.ask(hello, { headers: { 'agent-session-id': 's-1' } })
    const found = await run.scrape()
    expect(found.value(`${duration}_count`, { tenant_id: 'a"b\\c' })).toBe(1)
    expect(found.sum(`${duration}_count`)).toBe(2)
    expect((await run.text()).body).not.toContain('session')
  })

  it('must not take the name of a label of our own', () => {
    for (const attribute of ['gen_ai.request.model', 'error.type', 'le', 'otel_scope.name']) {
      const env = { OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES: `x:${attribute}` }
      expect(() => measured({ answers: [], env })).toThrow(attribute)
    }
  })
})

describe('what is counted', () => {
  it('is all there, however many scrapes there were before', async () => {
    const run = measured({ answers: [json(detailed)] })
    for (let index = 0; index < 600; index++) await run.ask(hello)
    const found = await run.scrape()
    expect(found.value(`${duration}_count`)).toBe(600)
    expect(found.value(`${tokens}_sum`, { gen_ai_token_type: 'input' })).toBe(5400)
    await run.ask(hello)
    expect((await run.scrape()).value(`${duration}_count`)).toBe(601)
  })

  it('cuts names of models that clients make up', async () => {
    const run = measured({ answers: [json(detailed)] })
    await run.ask({ ...hello, model: 'x'.repeat(10_000) })
    expect(
      (await run.scrape()).value(`${duration}_count`, { gen_ai_original_model: 'x'.repeat(256) }),
    ).toBe(1)
  })
})

describe("the gateway's own numbers", () => {
  it('say what is in use, and how the reloads went', async () => {
    const facts = createGatewayFacts({
      version: 'v1',
      connections: () => ({ active: 2, idle: 3 }),
      droppedSpans: () => 7,
    })
    const prometheus = createPrometheus({
      attributes: [],
      resource: {},
      facts: facts.facts,
    })
    const scrape = async () => readExposition((await prometheus.scrape()).body)
    facts.loaded({ version: 'v', source: 'file', routes: 2, backends: 3 })
    let found = await scrape()
    expect(
      found.value('aigw_config_info', { version: 'v', source: 'file', routes: '2', backends: '3' }),
    ).toBe(1)
    expect(found.value('aigw_build_info', { version: 'v1' })).toBe(1)
    expect(found.value('aigw_upstream_connections', { state: 'active' })).toBe(2)
    expect(found.value('aigw_upstream_connections', { state: 'idle' })).toBe(3)
    expect(found.value('aigw_spans_dropped_total')).toBe(7)
    expect(found.value('aigw_config_reloads_total', { outcome: 'success' })).toBe(0)
    facts.refused()
    found = await scrape()
    expect(found.value('aigw_config_reloads_total', { outcome: 'failure' })).toBe(1)
    expect(found.value('aigw_config_last_reload_successful')).toBe(0)
    facts.loaded({ version: 'v', source: 'file', routes: 1, backends: 3 })
    found = await scrape()
    expect(found.value('aigw_config_reloads_total', { outcome: 'success' })).toBe(1)
    expect(found.value('aigw_config_last_reload_successful')).toBe(1)
    expect(found.value('aigw_config_info')).toBe(1)
  })

  it('count the requests that are under way', async () => {
    const facts = createGatewayFacts({
      version: '',
      connections: () => ({ active: 0, idle: 0 }),
      droppedSpans: () => 0,
    })
    const inFlight = () =>
      facts.facts.find(({ name }) => name === 'aigw_requests_in_flight')?.read()[0]?.value
    const run = testGateway({
      config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
      fetch: scriptedProvider(silence).fetch,
      observers: [facts.observer],
    })
    const client = new AbortController()
    const pending = run.chat(hello, { signal: client.signal })
    await settle()
    expect(inFlight()).toBe(1)
    client.abort()
    await pending
    expect(inFlight()).toBe(0)
    await run.chat('{')
    expect(inFlight()).toBe(0)
  })
})
