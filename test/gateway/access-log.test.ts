import { describe, expect, it } from 'vitest'
import type { AccessLogSpec, BackendSpec, CostSpec, RuleSpec } from '../../src/config/config.ts'
import { type AccessRecord, createAccessLog } from '../../src/observe/access-log/access-log.ts'
import { defaultText, generateAccessLog } from '../../src/observe/access-log/defaults.ts'
import { compileMatches } from '../../src/observe/access-log/match.ts'
import { readHeaderAttributes } from '../../src/observe/header-attributes.ts'
import { type ChatInit, hello, helloStream, testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
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
  readonly settings?: readonly AccessLogSpec[]
  readonly costs?: readonly CostSpec[]
  readonly env?: Readonly<Record<string, string>>
  readonly backends?: readonly BackendSpec[]
  readonly rules?: readonly RuleSpec[]
}

const stdout = { kind: 'file', path: '/dev/stdout' } as const

function logged({ answers, settings, costs = [], env = {}, backends, rules }: Setup) {
  const headerAttributes = readHeaderAttributes(env).log
  const wanted = settings ?? generateAccessLog(headerAttributes, [stdout])
  const lines: string[] = []
  const records: AccessRecord[] = []
  const run = testGateway({
    config: gatewaySpec(backends ?? [backend('one')], rules ?? [rule([], [ref('one')])]),
    fetch: scriptedProvider(...answers).fetch,
    observers: [
      createAccessLog({
        settings: wanted,
        costs,
        headerAttributes,
        credentialHeaders: new Set(['x-own']),
        matches: compileMatches(
          wanted.flatMap(({ matches }) => matches),
          undefined,
        ),
        openSink: () => ({
          write(line, record) {
            lines.push(line.text)
            records.push(record())
          },
        }),
      }),
    ],
  })
  const ask = async (body: unknown, init?: ChatInit) => (await run.chat(body, init)).text()
  const only = (): Record<string, unknown> => {
    expect(lines).toHaveLength(1)
    return JSON.parse(lines[0] ?? '')
  }
  return { ...run, ask, lines, records, only }
}

const fields = (fields: Readonly<Record<string, string>>): AccessLogSpec => ({
  matches: [],
  format: { kind: 'json', fields },
  sinks: [stdout],
})
const metadata = (key: string) => `%DYNAMIC_METADATA(io.envoy.ai_gateway:${key})%`

describe('the generated line', () => {
  it('is one object a line, with names in order and numbers as numbers', async () => {
    const run = logged({ answers: [json(completion('Hello'))] })
    const answer = await run.ask(hello, {
      headers: { 'user-agent': 'curl/8', 'agent-session-id': 's-1', host: 'localhost:1975' },
    })
    expect(run.lines[0]?.match(/\n/g)).toHaveLength(1)
    const line = run.only()
    expect(Object.keys(line)).toEqual(Object.keys(line).toSorted())
    expect(line).toEqual({
      bytes_received: JSON.stringify(hello).length,
      bytes_sent: answer.length,
      connection_termination_details: null,
      downstream_local_address: null,
      downstream_remote_address: null,
      duration: 0,
      'gen_ai.provider.name': 'default/one/route/route/rule/0/ref/0',
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm-2026',
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.output_tokens': 2,
      'gen_ai.usage.reasoning_tokens': null,
      method: 'POST',
      'request.path': '/v1/chat/completions',
      response_code: 200,
      'session.id': 's-1',
      start_time: '2023-11-14T22:13:20.000Z',
      upstream_cluster: 'httproute/default/route/rule/0',
      upstream_host: 'one.test:80',
      upstream_local_address: null,
      upstream_transport_failure_reason: null,
      'user-agent': 'curl/8',
      'x-envoy-origin-path': '/v1/chat/completions',
      'x-envoy-upstream-service-time': null,
      'x-forwarded-for': null,
      'x-request-id': null,
    })
  })

  it('has the path at the provider beside that of the client', async () => {
    const run = logged({
      answers: [json(completion('Hello'))],
      backends: [backend('one', { schema: { name: 'OpenAI', prefix: '/api' } })],
    })
    await run.ask(hello)
    expect(run.only()).toMatchObject({
      'request.path': '/api/chat/completions',
      'x-envoy-origin-path': '/v1/chat/completions',
    })
  })

  it('counts the bytes and tokens of a stream', async () => {
    const run = logged({ answers: [stream({ chunks: chatChunks(['a', 'b']) })] })
    const text = await run.ask(helloStream)
    expect(run.only()).toMatchObject({
      bytes_sent: new TextEncoder().encode(text).length,
      'gen_ai.usage.output_tokens': 2,
      response_code: 200,
    })
  })

  it('keeps of a failure what is known, and no tokens', async () => {
    const run = logged({ answers: [json({ error: { message: 'no' } }, 429)] })
    await run.ask(hello)
    expect(run.only()).toMatchObject({
      response_code: 429,
      'gen_ai.provider.name': 'default/one/route/route/rule/0/ref/0',
      'gen_ai.response.model': null,
      'gen_ai.usage.input_tokens': null,
    })
  })

  it('is written for a model that no route knows, and not for a body that names none', async () => {
    const run = logged({
      answers: [json(completion('Hello'))],
      rules: [
        rule([exact('x-ai-eg-model', 'm')], [ref('one')]),
        rule([exact('x-any', 'y')], [ref('one')]),
      ],
    })
    await run.ask({ ...hello, model: 'nobody' })
    expect(run.only()).toMatchObject({ response_code: 404, upstream_cluster: null })
    await run.ask('{')
    await run.ask({ messages: [] }, { headers: { 'x-any': 'y' } })
    await run.ask(hello, { path: '/v1/nothing' })
    expect(run.lines).toHaveLength(1)
  })
})

describe('a client that leaves', () => {
  it('before the head got nothing: code 0', async () => {
    const run = logged({ answers: [silence] })
    const client = new AbortController()
    const pending = run.ask(hello, { signal: client.signal })
    await settle()
    client.abort()
    await pending
    expect(run.only()).toMatchObject({
      response_code: 0,
      bytes_sent: 0,
      connection_termination_details: 'downstream_remote_disconnect',
      'gen_ai.usage.input_tokens': null,
    })
  })

  it('in the middle of a stream got a 200', async () => {
    const flags = fields({
      code: '%RESPONSE_CODE%',
      flags: '%RESPONSE_FLAGS%',
      tokens: metadata('llm_input_token'),
    })
    const run = logged({
      answers: [stream({ chunks: chatChunks(['a']).slice(0, 2), end: 'stall' })],
      settings: [flags],
    })
    const reader = (await run.chat(helloStream)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await settle()
    expect(run.only()).toEqual({ code: 200, flags: 'DC', tokens: null })
  })
})

describe('formats', () => {
  it('fill text with values, and dashes where there is none', async () => {
    const text =
      '100%% %REQ(:METHOD)% %REQ(X-A?USER-AGENT):3% %REQ(X-NONE)% %RESPONSE_CODE% %NOSUCH%\n'
    const settings = [{ matches: [], format: { kind: 'text', text }, sinks: [stdout] }] as const
    const run = logged({ answers: [json(completion('Hello'))], settings })
    await run.ask(hello, { headers: { 'user-agent': 'curl/8' } })
    expect(run.lines).toEqual(['100% POST cur - 200 -\n'])
  })

  it('are that of Envoy where none is given', async () => {
    const settings = [{ matches: [], format: { kind: 'text' }, sinks: [stdout] }] as const
    const run = logged({ answers: [json(completion('Hello'))], settings })
    await run.ask(hello)
    expect(run.lines[0]).toMatch(
      /^\[2023-11-14T22:13:20\.000Z\] "POST \/v1\/chat\/completions -" 200 - \d+ \d+ 0 - /,
    )
    expect(defaultText.endsWith('\n')).toBe(true)
  })

  it('keep the type of an operator that stands alone, and make text of what does not', async () => {
    const settings = [
      fields({
        alone: '%RESPONSE_CODE%',
        mixed: 'c=%RESPONSE_CODE%',
        plain: 'x',
        none: '%PROTOCOL%',
        '"odd"\n': '%REQ(X-ODD)%',
      }),
    ]
    const run = logged({ answers: [json(completion('Hello'))], settings })
    await run.ask(hello, { headers: { 'x-odd': 'a"b\\c' } })
    expect(run.only()).toEqual({
      alone: 200,
      mixed: 'c=200',
      plain: 'x',
      none: null,
      '"odd"\n': 'a"b\\c',
    })
  })

  it('know what the configuration counts by its own names', async () => {
    const costs: CostSpec[] = [{ metadataKey: 'spent', type: 'TotalToken' }]
    const settings = [
      fields({
        spent: metadata('spent'),
        override: metadata('model_name_override'),
        backend: metadata('ai_service_backend_name'),
        route: metadata('route_name'),
        foreign: '%DYNAMIC_METADATA(other:spent)%',
        unknown: metadata('nothing'),
      }),
    ]
    const run = logged({
      answers: [json(completion('Hello'))],
      settings,
      costs,
      rules: [rule([], [ref('one', { modelNameOverride: 'real' })])],
    })
    await run.ask(hello)
    expect(run.only()).toEqual({
      spent: 7,
      override: 'real',
      backend: 'default/one',
      route: 'default/route',
      foreign: null,
      unknown: null,
    })
  })

  it.each([
    ['ECONNREFUSED', 'delayed_connect_error:_Connection_refused'],
    ['ENOTFOUND', 'delayed_connect_error:_Host_name_not_found'],
    ['CERT_HAS_EXPIRED', 'TLS_error:_Certificate_expired'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS_error:_TLS_error'],
    ['EUNHEARD', 'EUNHEARD'],
  ])('say why a provider could not be reached: %s', async (code, why) => {
    const refused: Answer = () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('secret'), { code }) })
    }
    const settings = [fields({ why: '%UPSTREAM_TRANSPORT_FAILURE_REASON%' })]
    const run = logged({ answers: [refused], settings })
    await run.ask(hello)
    expect(run.only()).toEqual({ why })
  })

  it('say how a request failed', async () => {
    const settings = [
      fields({
        flags: '%RESPONSE_FLAGS%',
        details: '%RESPONSE_CODE_DETAILS%',
        why: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
      }),
    ]
    const refused: Answer = () => {
      throw new TypeError('fetch failed')
    }
    const run = logged({ answers: [refused], settings })
    await run.ask(hello)
    expect(run.only()).toMatchObject({
      flags: 'UF',
      details: 'upstream_reset_before_response_started{connection_failure}',
    })
    expect(String(run.only()['why'])).toContain('connect')
  })

  it('never show a credential, not even when asked for it', async () => {
    const settings = [
      fields({
        a: '%REQ(AUTHORIZATION)%',
        k: '%REQ(X-API-KEY?X-NONE)%',
        c: '%REQ(Cookie):5%',
        p: '%REQ(X-ENVOY-ORIGINAL-PATH)%',
        o: '%REQ(X-OWN)%',
        s: '%RESP(SET-COOKIE)%',
      }),
    ]
    const answers = [json(completion('Hello'), 200, { 'set-cookie': 'SECRET=1' })]
    const run = logged({ answers, settings })
    const headers = {
      ...{ authorization: 'Bearer SECRET', 'x-api-key': 'SECRET', cookie: 'SECRET' },
      'x-own': 'SECRET',
    }
    await run.ask(hello, { headers, path: '/v1/chat/completions?key=SECRET&a=b' })
    expect(run.lines[0]).not.toContain('SECRET')
    expect(run.only()['p']).toBe('/v1/chat/completions?key=[REDACTED]&a=b')
  })
})

describe('every request', () => {
  it('has a line where nothing is asked of it: lists, refusals and what is no JSON', async () => {
    const settings = [
      fields({ path: '%REQ(:PATH)%', code: '%RESPONSE_CODE%', sent: '%BYTES_SENT%' }),
    ]
    const run = logged({ answers: [], settings })
    const models = await run.fetch(new Request('http://localhost/v1/models'))
    await run.fetch(new Request('http://localhost/v1/chat/completions'))
    await run.ask('{')
    await run.ask(hello, { path: '/v1/nothing' })
    expect(run.lines.map((line) => JSON.parse(line))).toMatchObject([
      { path: '/v1/models', code: 200, sent: (await models.text()).length },
      { path: '/v1/chat/completions', code: 405 },
      { path: '/v1/chat/completions', code: 400 },
      { path: '/v1/nothing', code: 404 },
    ])
  })
})

describe('a record for a collector', () => {
  it('has a text, the fields, and the time of the request', async () => {
    const run = logged({ answers: [json(completion('Hello'))] })
    await run.ask(hello)
    const [record] = run.records
    expect(record?.body).toBe(
      '[2023-11-14T22:13:20.000Z] /v1/chat/completions model=m 200 llm_input_token=5 llm_output_token=2 llm_reasoning_token=- 0ms',
    )
    expect(record?.fields).toEqual(run.only())
    expect(record?.time).toBe(1_700_000_000_000)
  })
})

describe('conditions', () => {
  it('are enough one by one, as in Envoy Gateway, and one must hold', async () => {
    const settings = [
      {
        ...fields({ model: '%REQ(X-AI-EG-MODEL)%' }),
        matches: ["request.headers['x-b'] != ''", 'request.headers["x-a"] != ""'],
      },
    ]
    const run = logged({ answers: [json(completion('Hello'))], settings })
    await run.ask(hello)
    expect(run.lines).toEqual([])
    await run.ask(hello, { headers: { 'x-a': 'b' } })
    expect(run.only()).toEqual({ model: 'm' })
  })
})
