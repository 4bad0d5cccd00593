// A distinct secret in every place where one can be, at the most talkative level: none of them may come out again.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startOtlpReceiver } from '../support/otlp-receiver.ts'
import { completion } from '../support/scripted-provider.ts'
import { createWorkspace, type Workspace } from './command.ts'

let workspace: Workspace
beforeAll(() => {
  workspace = createWorkspace()
}, 60_000)
afterAll(() => workspace.remove())

const secret = (place: string) => `PLANTED-${place}-SECRET`

const doc = (apiVersion: string, kind: string, name: string, rest: object) =>
  JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest })

function config(port: number): string {
  const envoy = 'gateway.envoyproxy.io/v1alpha1'
  const ai = 'aigateway.envoyproxy.io/v1beta1'
  const backends = ['good', 'bad'].flatMap((name, index) => [
    doc(envoy, 'Backend', name, {
      spec: { endpoints: [{ ip: { address: '127.0.0.1', port: index === 0 ? port : 1 } }] },
    }),
    doc(ai, 'AIServiceBackend', name, {
      spec: {
        schema: { name: 'OpenAI', prefix: '/v1' },
        backendRef: { name, kind: 'Backend', group: 'gateway.envoyproxy.io' },
        headerMutation: { set: [{ name: 'x-secret-token', value: secret('mutation') }] },
      },
    }),
    doc(ai, 'BackendSecurityPolicy', name, {
      spec: {
        targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name }],
        type: 'APIKey',
        apiKey: { secretRef: { name, namespace: 'default' } },
      },
    }),
    doc('v1', 'Secret', name, { type: 'Opaque', stringData: { apiKey: secret('apikey') } }),
  ])
  return [
    doc('gateway.networking.k8s.io/v1', 'GatewayClass', 'aigw', {
      spec: { controllerName: 'x/y' },
    }),
    doc('gateway.networking.k8s.io/v1', 'Gateway', 'aigw', {
      spec: {
        gatewayClassName: 'aigw',
        listeners: [{ name: 'http', protocol: 'HTTP', port: 1975 }],
      },
    }),
    doc(ai, 'AIGatewayRoute', 'all', {
      spec: {
        parentRefs: [{ name: 'aigw', kind: 'Gateway', group: 'gateway.networking.k8s.io' }],
        rules: [
          {
            matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: 'bad' }] }],
            backendRefs: [{ name: 'bad' }],
          },
          {
            matches: [
              { headers: [{ type: 'RegularExpression', name: 'x-ai-eg-model', value: '[^x]*' }] },
            ],
            backendRefs: [{ name: 'good' }],
          },
        ],
      },
    }),
    ...backends,
  ].join('\n---\n')
}

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? readAll(path) : readFileSync(path, 'utf8')))
    .join('\n')
}

it('no log, line, span, metric, page or error has a secret in it', async () => {
  const provider = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', () => {
      const { model, stream } = JSON.parse(text)
      const headers = { 'set-cookie': secret('setcookie'), 'x-api-key': secret('upstreamheader') }
      if (model === 'boom') response.writeHead(500, headers).end('no')
      else if (model === 'cut') response.writeHead(200, headers).destroy()
      else if (stream)
        response
          .writeHead(200, { ...headers, 'content-type': 'text/event-stream' })
          .end('data: {"choices":[]}\n\n')
      else
        response
          .writeHead(200, { ...headers, 'content-type': 'application/json' })
          .end(JSON.stringify(completion(secret('answer'))))
    })
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  const collector = await startOtlpReceiver('failing')
  const { port } = provider.address() as AddressInfo
  const started = workspace.start(['run', '-', '--debug', '--port', '0', '--admin-port', '0'], {
    stdin: config(port),
    env: {
      OTEL_TRACES_EXPORTER: 'console,otlp',
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_LOGS_EXPORTER: 'console',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('://', `://user:${secret('userinfo')}@`),
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret('otlpheader')}`,
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_LOG_LEVEL: 'all',
      // Spans of this vocabulary hold no content.
      AI_GATEWAY_TRACING_SEMCONV: 'gen_ai',
    },
  })
  const { url, admin } = await started.listening()
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${secret('authorization')}`,
    'x-api-key': secret('xapikey'),
    'api-key': secret('azurekey'),
    'x-goog-api-key': secret('googkey'),
    cookie: `a=${secret('cookie')}`,
    'proxy-authorization': secret('proxyauth'),
    'x-amz-security-token': secret('amz'),
    'x-aigw-mine': secret('aigw'),
    'my-session-token': secret('session'),
  }
  const seen: string[] = []
  const ask = async (body: unknown, path = '/v1/chat/completions') => {
    const query = `?key=${secret('query')}&api-key=${secret('queryapikey')}`
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(`${url}${path}${query}`, {
      method: 'POST',
      headers,
      body: text,
    }).catch((error: unknown) => new Response(String(error), { status: 599 }))
    const said = await answer.text()
    // What the model says goes to who has asked.
    if (answer.status !== 200) seen.push(said.replaceAll(`${path}${query}`, ''))
  }
  const messages = [{ role: 'user', content: secret('prompt') }]
  for (const model of ['good', 'boom', 'cut', 'bad', 'x']) {
    await ask({ model, messages })
    await ask({ model, messages, stream: true })
  }
  await ask(`{"model": "${secret('malformed')}`)
  await ask({ model: 'good', messages }, '/v1/nothing')
  seen.push(await (await fetch(`${admin}/metrics`)).text())
  for (const path of ['/health', '/', '/requests']) {
    seen.push(await (await fetch(`${admin}${path}`)).text())
  }
  started.child.kill('SIGTERM')
  expect(await started.exit).toBe(0)
  provider.close()
  await collector.close()

  const said = {
    stdout: started.stdout(),
    stderr: started.stderr(),
    files: readAll(join(workspace.folder, 'home')),
    answers: seen.join('\n'),
    spans: collector.received.map(({ body }) => body.toString('latin1')).join('\n'),
  }
  expect(said.stdout).toContain('SpanContext')
  expect(said.stderr).toContain('level=DEBUG')
  expect(said.files).toContain('level=DEBUG')
  expect(said.spans).toContain('chat good')
  expect(said.answers).toContain('"model":"good"')
  for (const [where, text] of Object.entries(said)) {
    expect([where, ...new Set(text.match(/PLANTED-\w+-SECRET/g) ?? [])]).toEqual([where])
  }
}, 60_000)
