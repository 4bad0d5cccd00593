// What the command sends to collectors, prints and passes on, with real sockets: OTEL_* variables as a user sets them.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readExposition } from '../support/exposition.ts'
import {
  type OtlpReceiver,
  readAttributes,
  spansOf,
  startGrpcReceiver,
  startOtlpReceiver,
} from '../support/otlp-receiver.ts'
import { chatChunks, completion } from '../support/scripted-provider.ts'
import { createWorkspace, type Started, type Workspace } from './command.ts'

interface Provider {
  readonly port: number
  readonly seen: IncomingHttpHeaders[]
  /** Lets streams of the model `slow` go on, which stop behind their first content. */
  goOn(): void
  close(): Promise<void>
}

async function startProvider(): Promise<Provider> {
  const seen: IncomingHttpHeaders[] = []
  let goOn = () => {}
  const server = createServer((request, response) => {
    seen.push(request.headers)
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { model, stream } = JSON.parse(text)
      if (model === 'boom') {
        response.writeHead(500, { 'content-type': 'application/json' })
        response.end('{"error":{"message":"boom"}}')
      } else if (stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        if (model === 'slow') {
          const [first = '', second = '', ...rest] = chatChunks(['Hel', 'lo'])
          response.write(first + second)
          goOn = () => response.end(rest.join(''))
          return
        }
        response.end(chatChunks(['Hel', 'lo']).join(''))
      } else {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(completion('Hello')))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    goOn: () => goOn(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const doc = (apiVersion: string, kind: string, name: string, spec: object) =>
  JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec })
const gatewayApi = 'gateway.networking.k8s.io/v1'
const envoyApi = 'gateway.envoyproxy.io/v1alpha1'
const aiApi = 'aigateway.envoyproxy.io/v1beta1'

function config(port: number): string {
  return [
    doc(gatewayApi, 'GatewayClass', 'aigw', {
      controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
    }),
    doc(gatewayApi, 'Gateway', 'aigw', {
      gatewayClassName: 'aigw',
      listeners: [{ name: 'http', protocol: 'HTTP', port: 1975 }],
    }),
    doc(aiApi, 'AIGatewayRoute', 'all', {
      parentRefs: [{ name: 'aigw', kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
      rules: [
        {
          matches: [
            { headers: [{ type: 'RegularExpression', name: 'x-ai-eg-model', value: '.*' }] },
          ],
          backendRefs: [{ name: 'openai' }],
        },
      ],
    }),
    doc(envoyApi, 'Backend', 'openai', { endpoints: [{ ip: { address: '127.0.0.1', port } }] }),
    doc(aiApi, 'AIServiceBackend', 'openai', {
      schema: { name: 'OpenAI', prefix: '/v1' },
      backendRef: { name: 'openai', kind: 'Backend', group: 'gateway.envoyproxy.io' },
    }),
  ].join('\n---\n')
}

let workspace: Workspace
let provider: Provider
const open: { close(): Promise<void> }[] = []

beforeAll(async () => {
  workspace = createWorkspace()
  provider = await startProvider()
}, 60_000)
afterEach(async () => {
  provider.seen.length = 0
  await Promise.all(open.splice(0).map((one) => one.close()))
})
afterAll(async () => {
  workspace.remove()
  await provider.close()
})

function start(env: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Started {
  const args = ['run', '-', '--port', '0', '--admin-port', '0', ...more]
  return workspace.start(args, { env, stdin: config(provider.port) })
}

async function receiver(make: Promise<OtlpReceiver>): Promise<OtlpReceiver> {
  const made = await make
  open.push(made)
  return made
}

const hello = { model: 'm1', messages: [{ role: 'user', content: 'Hi' }] }

const chat = (url: string, body: object = hello, headers: Record<string, string> = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  })

async function stop({ child, exit }: Started) {
  child.kill('SIGTERM')
  return exit
}

const otlpJson = (url: string, more: Readonly<Record<string, string>> = {}) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_BSP_SCHEDULE_DELAY: '20',
  ...more,
})

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'

describe('without a variable', () => {
  it('counts and logs, adds no trace, and passes on what the client sent', async () => {
    const started = start()
    const { url, admin } = await started.listening()
    const traceparent = `00-${traceId}-${parentId}-01`
    await (await chat(url, hello, { traceparent })).text()
    expect(provider.seen[0]?.['traceparent']).toBe(traceparent)
    const metrics = await fetch(`${admin}/metrics`)
    expect(metrics.headers.get('content-type')).toBe(
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    )
    // Numbers are for this machine alone.
    expect((await fetch(`${url}/metrics`)).status).toBe(404)
    const found = readExposition(await metrics.text())
    expect(found.sum('gen_ai_server_request_duration_seconds_count')).toBe(1)
    expect(found.value('aigw_config_info', { source: 'stdin', backends: '1' })).toBe(1)
    expect(await stop(started)).toBe(0)
    const [line, ...others] = started.stdout().trimEnd().split('\n')
    expect(others).toEqual([])
    expect(JSON.parse(line ?? '')).toMatchObject({
      'gen_ai.request.model': 'm1',
      response_code: 200,
      downstream_remote_address: expect.stringMatching(/^127\.0\.0\.1:\d+$|^\[::1\]:\d+$/),
    })
  })

  it('adds up exactly, over calls of every kind', async () => {
    const started = start()
    const { url, admin } = await started.listening()
    const kinds = [hello, { ...hello, stream: true }, { ...hello, model: 'boom' }]
    for (let round = 0; round < 20; round++) {
      const asked = kinds.map(async (body) => (await chat(url, body)).text())
      await Promise.all(asked)
    }
    const found = readExposition(await (await fetch(`${admin}/metrics`)).text())
    const count = 'gen_ai_server_request_duration_seconds_count'
    expect(found.sum(count)).toBe(60)
    expect(found.sum(count, { error_type: '_OTHER' })).toBe(20)
    const tokens = 'gen_ai_client_token_usage_sum'
    expect(found.sum(tokens, { gen_ai_token_type: 'input' })).toBe(40 * 5)
    expect(found.sum(tokens, { gen_ai_token_type: 'output' })).toBe(40 * 2)
    expect(found.value('aigw_requests_in_flight')).toBe(0)
    expect(provider.seen).toHaveLength(60)
    expect(await stop(started)).toBe(0)
    expect(started.stdout().trimEnd().split('\n')).toHaveLength(60)
  })
})

describe('traces', () => {
  it('go on from the client, through the gateway, to the provider', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(
      otlpJson(collector.url, {
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=ApiKey%20test-key-123',
        OTEL_SERVICE_NAME: 'mine',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment=test',
      }),
    )
    const { url, admin } = await started.listening()
    const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` })
    const before = Date.now()
    await client.chat.completions.create(
      { model: 'm1', messages: [{ role: 'user', content: 'Hi' }] },
      { headers: { traceparent: `00-${traceId}-${parentId}-01`, 'agent-session-id': 's-1' } },
    )
    const took = Date.now() - before
    const got = await collector.waitFor(({ path }) => path === '/v1/traces')
    expect(got.headers['authorization']).toBe('ApiKey test-key-123')
    const [span, ...others] = spansOf(collector.received)
    expect(others).toEqual([])
    expect(span).toMatchObject({ traceId, parentSpanId: parentId, name: 'ChatCompletion', kind: 1 })
    expect(span?.status).toMatchObject({ code: 1 })
    expect(readAttributes(span?.attributes)).toMatchObject({
      'llm.output_messages.0.message.content': 'Hello',
      'session.id': 's-1',
    })
    const { resource } = JSON.parse(got.body.toString()).resourceSpans[0]
    expect(readAttributes(resource.attributes)).toMatchObject({
      'service.name': 'mine',
      deployment: 'test',
      'telemetry.sdk.language': 'nodejs',
    })
    expect(provider.seen[0]?.['traceparent']).toBe(`00-${traceId}-${span?.spanId}-01`)
    const lasted =
      Number(BigInt(span?.endTimeUnixNano ?? 0) - BigInt(span?.startTimeUnixNano ?? 0)) / 1e6
    expect(lasted).toBeLessThanOrEqual(took + 300)
    const counted = readExposition(await (await fetch(`${admin}/metrics`)).text())
    const measured = counted.sum('gen_ai_server_request_duration_seconds_sum') * 1000
    expect(Math.abs(lasted - measured)).toBeLessThan(300)
    expect(await stop(started)).toBe(0)
  })

  it('that a client does not want go on, and are not sent', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url))
    const { url } = await started.listening()
    await (await chat(url, hello, { traceparent: `00-${traceId}-${parentId}-00` })).text()
    expect(provider.seen[0]?.['traceparent']).toMatch(new RegExp(`^00-${traceId}-\\w{16}-00$`))
    expect(provider.seen[0]?.['traceparent']).not.toContain(parentId)
    expect(await stop(started)).toBe(0)
    expect(collector.received).toEqual([])
  })

  it('are not sent where the sampler wants none, and go on all the same', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url, { OTEL_TRACES_SAMPLER: 'always_off' }))
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(provider.seen[0]?.['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/)
    expect(await stop(started)).toBe(0)
    expect(collector.received).toEqual([])
  })

  it('hold no stream back', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url))
    const { url } = await started.listening()
    const answer = await chat(url, { ...hello, model: 'slow', stream: true })
    const reader = answer.body?.getReader()
    // The provider has said no more than this, and waits.
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('Hel')
    provider.goOn()
    while ((await reader?.read())?.done === false);
    await collector.waitFor(({ path }) => path === '/v1/traces')
    expect(await stop(started)).toBe(0)
  })

  it('alone are sent where the endpoint is for traces', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    })
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    expect(collector.received.map(({ path }) => path)).toEqual(['/v1/traces'])
    expect(started.stdout().trimEnd().split('\n')).toHaveLength(1)
  })

  it('speak B3 where they are asked to', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url, { OTEL_PROPAGATORS: 'b3' }))
    const { url } = await started.listening()
    await (await chat(url, hello, { b3: `${traceId}-${parentId}-1` })).text()
    expect(provider.seen[0]?.['b3']).toMatch(new RegExp(`^${traceId}-\\w{16}-1$`))
    expect(provider.seen[0]?.['traceparent']).toBeUndefined()
    await collector.waitFor(({ path }) => path === '/v1/traces')
    expect(spansOf(collector.received)[0]).toMatchObject({ traceId, parentSpanId: parentId })
    expect(await stop(started)).toBe(0)
  })

  it('are of one line each on the console, beside the access lines', async () => {
    const started = start({ OTEL_TRACES_EXPORTER: 'console' })
    const { url } = await started.listening()
    await (await chat(url)).text()
    await (await chat(url, { ...hello, stream: true })).text()
    expect(await stop(started)).toBe(0)
    const lines = started
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const spans = lines.filter((line) => 'SpanContext' in line)
    expect(lines).toHaveLength(4)
    expect(spans).toHaveLength(2)
    expect(spans[0]).toMatchObject({
      Name: 'ChatCompletion',
      SpanKind: 1,
      Status: { Code: 'Ok', Description: '' },
      InstrumentationScope: { Name: 'envoyproxy/ai-gateway' },
    })
    expect(spans[0].StartTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
  })

  it('are compressed where they are asked to be', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url, { OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }))
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    expect(collector.received[0]?.headers['content-encoding']).toBe('gzip')
    expect(spansOf(collector.received)).toHaveLength(1)
  })

  it('of the last request arrive, though the gateway stops at once', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start(otlpJson(collector.url, { OTEL_BSP_SCHEDULE_DELAY: '60000' }))
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    expect(spansOf(collector.received)).toHaveLength(1)
  })
})

describe('each protocol', () => {
  it.each(['http/protobuf', 'http/json'])('carries all three signals: %s', async (protocol) => {
    const collector = await receiver(startOtlpReceiver())
    const started = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_SERVICE_NAME: 'mine',
    })
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    const paths = collector.received.map(({ path }) => path)
    expect(new Set(paths)).toEqual(new Set(['/v1/traces', '/v1/metrics', '/v1/logs']))
    for (const { body } of collector.received) expect(body.includes('mine')).toBe(true)
    const metrics = collector.received.find(({ path }) => path === '/v1/metrics')
    expect(metrics?.body.includes('gen_ai.client.token.usage')).toBe(true)
    // They go to the collector instead.
    expect(started.stdout()).toBe('')
  })

  it('carries all three signals: grpc', async () => {
    const collector = await receiver(startGrpcReceiver())
    const started = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=value',
    })
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    const services = collector.received.map(({ path }) => path.split('/')[1])
    expect(new Set(services)).toEqual(
      new Set(
        ['trace.v1.Trace', 'metrics.v1.Metrics', 'logs.v1.Logs'].map(
          (name) => `opentelemetry.proto.collector.${name}Service`,
        ),
      ),
    )
    expect(collector.received[0]?.headers['x-key']).toBe('value')
  })
})

describe('metrics', () => {
  it('are pushed with their own names, units and bounds', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector.url}/custom`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    })
    const { url } = await started.listening()
    await (await chat(url)).text()
    // An endpoint for metrics turns no traces on.
    expect(provider.seen[0]?.['traceparent']).toBeUndefined()
    expect(await stop(started)).toBe(0)
    expect(new Set(collector.received.map(({ path }) => path))).toEqual(new Set(['/custom']))
    const last = collector.received.at(-1)
    const [scope] = JSON.parse(last?.body.toString() ?? '').resourceMetrics[0].scopeMetrics
    expect(scope.scope.name).toBe('envoyproxy/ai-gateway')
    const usage = scope.metrics.find(
      ({ name }: { name: string }) => name === 'gen_ai.client.token.usage',
    )
    expect(usage.unit).toBe('token')
    const [point] = usage.histogram.dataPoints
    expect(point.explicitBounds).toHaveLength(14)
    expect(Object.keys(readAttributes(point.attributes)).toSorted()).toEqual([
      'gen_ai.operation.name',
      'gen_ai.original.model',
      'gen_ai.provider.name',
      'gen_ai.request.model',
      'gen_ai.response.model',
      'gen_ai.token.type',
    ])
  })

  it('are printed only when there are some', async () => {
    const env = {
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_METRIC_EXPORT_INTERVAL: '20',
      OTEL_LOGS_EXPORTER: 'none',
    }
    const quiet = start(env)
    await quiet.listening()
    expect(await stop(quiet)).toBe(0)
    expect(quiet.stdout()).toBe('')
    const started = start(env)
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    const [first] = started.stdout().split('\n')
    expect(JSON.parse(first ?? '').ScopeMetrics[0].Scope.Name).toBe('envoyproxy/ai-gateway')
  })
})

describe('temporality', () => {
  it.each([
    ['cumulative', [1, 2]],
    ['delta', [1, 1]],
  ])('%s counts from the beginning, or from the last time', async (temporality, counts) => {
    const started = start({
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_METRIC_EXPORT_INTERVAL: '50',
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
      OTEL_LOGS_EXPORTER: 'none',
    })
    const { url } = await started.listening()
    const lines = () => started.stdout().trimEnd().split('\n').filter(Boolean)
    const lastCount = () => {
      const [{ Metrics }] = JSON.parse(lines().at(-1) ?? '').ScopeMetrics
      const found = Metrics.find(({ Name }: { Name: string }) => Name.endsWith('request.duration'))
      return found.Data.DataPoints[0].Value.count
    }
    const seen: number[] = []
    for (const count of counts) {
      const before = lines().length
      await (await chat(url)).text()
      await expect
        .poll(() => lines().length > before && lastCount(), { timeout: 10_000 })
        .toBe(count)
      seen.push(lastCount())
    }
    expect(seen).toEqual(counts)
    expect(await stop(started)).toBe(0)
  })
})

describe('--debug-log-bodies', () => {
  it('shows what is said, with a warning at the start', async () => {
    const started = start({}, ['--debug', '--debug-log-bodies'])
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    expect(started.stderr()).toContain('warning: the log shows prompts and answers')
    expect(started.stderr()).toContain('Hello')
  })

  it('is off: what is said can be told apart, and not read', async () => {
    const started = start({}, ['--debug'])
    const { url } = await started.listening()
    const body = { ...hello, messages: [{ role: 'user', content: 'secret' }] }
    await (await chat(url, body)).text()
    expect(await stop(started)).toBe(0)
    // printf secret | sha256sum
    expect(started.stderr()).toContain('[REDACTED LENGTH=6 HASH=2bb80d537b1da3e3]')
    expect(started.stderr()).not.toMatch(/warning: the log shows|Hello/)
  })
})

describe('a collector that is of no use', () => {
  it.each([
    ['silent', 'http/protobuf'],
    ['garbage', 'http/protobuf'],
    ['failing', 'http/json'],
    ['endless', 'http/protobuf'],
    ['broken', 'http/protobuf'],
    ['unread', 'http/json'],
  ] as const)(
    'changes no answer, and holds nothing up: %s, %s',
    async (manner, protocol) => {
      const collector = await receiver(startOtlpReceiver(manner))
      const started = start({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_BSP_SCHEDULE_DELAY: '10',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
        OTEL_METRIC_EXPORT_INTERVAL: '50',
      })
      const { url, admin } = await started.listening()
      const streamed = chatChunks(['Hel', 'lo']).join('')
      expect(await (await chat(url)).json()).toEqual(completion('Hello'))
      // From here on an export is under way, or has failed.
      await collector.waitFor(({ path }) => path === '/v1/traces')
      for (let index = 0; index < 20; index++) {
        expect(await (await chat(url)).json()).toEqual(completion('Hello'))
        expect(await (await chat(url, { ...hello, stream: true })).text()).toBe(streamed)
        expect((await chat(url, { ...hello, model: 'boom' })).status).toBe(500)
      }
      expect((await fetch(`${admin}/metrics`)).status).toBe(200)
      const before = Date.now()
      expect(await stop(started)).toBe(0)
      // The budget is 5 s; without one it would be the 30 s of an export.
      expect(Date.now() - before).toBeLessThan(20_000)
    },
    60_000,
  )

  it('is nobody: spans beyond the queue are counted as lost', async () => {
    const started = start({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_MAX_QUEUE_SIZE: '2',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    })
    const { url, admin } = await started.listening()
    for (let index = 0; index < 10; index++) await (await chat(url)).text()
    const found = readExposition(await (await fetch(`${admin}/metrics`)).text())
    expect(found.value('aigw_spans_dropped_total')).toBeGreaterThan(0)
    expect(await stop(started)).toBe(0)
  }, 30_000)
})

describe('OTEL_SDK_DISABLED', () => {
  it('leaves /metrics, and sends nothing', async () => {
    const collector = await receiver(startOtlpReceiver())
    const started = start({ ...otlpJson(collector.url), OTEL_SDK_DISABLED: 'TRUE' })
    const { url, admin } = await started.listening()
    await (await chat(url)).text()
    expect((await fetch(`${admin}/metrics`)).status).toBe(200)
    expect(provider.seen[0]?.['traceparent']).toBeUndefined()
    expect(await stop(started)).toBe(0)
    expect(collector.received).toEqual([])
  })
})

describe('a variable that makes no sense', () => {
  it('is not told in full where it may hold a credential', async () => {
    const started = start({
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization: Bearer PLANTED, =PLANTED, PLANTED\u0001=PLANTED',
      OTEL_LOG_LEVEL: 'all',
    })
    const { url } = await started.listening()
    await (await chat(url)).text()
    expect(await stop(started)).toBe(0)
    expect(started.stderr() + started.stdout()).not.toContain('PLANTED')
  }, 30_000)

  it.each([
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER'],
    [{ OTEL_METRICS_EXPORTER: 'statsd' }, 'OTEL_METRICS_EXPORTER'],
    [
      { OTEL_LOGS_EXPORTER: 'file' },
      'unsupported OTEL_LOGS_EXPORTER value "file" (allowed: otlp, console, none)',
    ],
    [{ OTEL_LOGS_EXPORTER: 'otlp' }, 'invalid OTLP endpoint: empty'],
    [
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'udp' },
      'OTEL_EXPORTER_OTLP_PROTOCOL',
    ],
    [{ OTEL_TRACES_EXPORTER: 'console', OTEL_PROPAGATORS: 'zipkin' }, 'OTEL_PROPAGATORS'],
    [
      { OTEL_TRACES_EXPORTER: 'console', AI_GATEWAY_TRACING_SEMCONV: 'GenAI' },
      'invalid AI_GATEWAY_TRACING_SEMCONV "GenAI": must be one of openinference, gen_ai',
    ],
    [
      { OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: 'invalid' },
      'invalid request header attributes: invalid',
    ],
    [{ OTEL_AIGW_METRICS_REQUEST_HEADER_ATTRIBUTES: 'x:error.type' }, 'error.type'],
  ])('ends the start with its name: %j', async (env, said) => {
    const started = start(env)
    expect(await started.exit).toBe(1)
    expect(started.stderr()).toContain('Error running: ')
    expect(started.stderr()).toContain(said)
  })
})
