// A distinct secret in every place where one can be, at the most talkative level, in every kind of request and failure:
// none of them may come out again.
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints/index.ts'
import { startGrpcReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import {
  aiApi,
  aiGroup,
  backendDocs,
  doc,
  envoyApi,
  gatewayDocs,
  joinDocs,
  modelRule,
  retryDoc,
  routeDoc,
} from '../support/resource-docs.ts'
import { startSimulatedServer } from '../support/simulated-server.ts'
import { createWorkspace, type Workspace } from './command.ts'

let workspace: Workspace
beforeAll(() => {
  workspace = createWorkspace()
}, 60_000)
afterAll(() => workspace.remove())

const secret = (place: string) => `PLANTED-${place}-SECRET`
const planted = /PLANTED-\w+-SECRET/g

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
/** Enough of the key to know it by. */
const pieceOfKey = pem.split('\n')[3] ?? ''

/** What is asked for leads to one of these. */
function backends(port: number): string[] {
  const serviceAccount = {
    type: 'service_account',
    client_email: 'robot@p-1.iam.gserviceaccount.com',
    token_uri: `http://127.0.0.1:${port}/token`,
    private_key_id: secret('gcpkeyid'),
    private_key: pem,
  }
  const awsFile = `[default]
aws_access_key_id = ${secret('awsid')}
aws_secret_access_key = ${secret('awskey')}
aws_session_token = ${secret('awstoken')}
`
  const keyed = (
    name: string,
    schema: object,
    type: string,
    spec: (secretRef: object) => object,
    values: Readonly<Record<string, string>>,
    more: object = {},
  ) => [
    ...backendDocs(name, port, schema, {
      headerMutation: {
        set: [
          { name: 'x-extra-token', value: secret(`mutation_${name.replaceAll('-', '_')}`) },
          { name: 'x-extra-key', value: secret('mutationkey') },
        ],
      },
      ...more,
    }),
    doc(aiApi, 'BackendSecurityPolicy', name, {
      spec: {
        targetRefs: [{ group: aiGroup, kind: 'AIServiceBackend', name }],
        type,
        ...spec({ name, namespace: 'default' }),
      },
    }),
    doc('v1', 'Secret', name, { type: 'Opaque', stringData: values }),
  ]
  const aws = (credentialsFile: object) => ({
    awsCredentials: { region: 'us-east-1', credentialsFile },
  })
  const gcp = (credentialsFile: object) => ({
    gcpCredentials: { projectName: 'p-1', region: 'us-east5', credentialsFile },
  })
  return [
    ...keyed(
      'openai',
      { name: 'OpenAI', prefix: '/v1' },
      'APIKey',
      (secretRef) => ({ apiKey: { secretRef } }),
      { apiKey: secret('apikey') },
      { bodyMutation: { set: [{ path: 'client_secret', value: `"${secret('bodymutation')}"` }] } },
    ),
    ...keyed(
      'azure',
      { name: 'AzureOpenAI', version: '2025-04-01-preview' },
      'AzureAPIKey',
      (secretRef) => ({ azureAPIKey: { secretRef } }),
      { apiKey: secret('azureapikey') },
    ),
    ...keyed(
      'anthropic',
      { name: 'Anthropic' },
      'AnthropicAPIKey',
      (secretRef) => ({ anthropicAPIKey: { secretRef } }),
      { apiKey: secret('anthropicapikey') },
    ),
    ...keyed(
      'bedrock',
      { name: 'AWSBedrock' },
      'AWSCredentials',
      (secretRef) => aws({ secretRef }),
      { credentials: awsFile },
    ),
    ...keyed(
      'claude-on-bedrock',
      { name: 'AWSAnthropic' },
      'AWSCredentials',
      (secretRef) => aws({ secretRef }),
      { credentials: awsFile },
    ),
    // Keys out of the files of the machine.
    ...backendDocs('bedrock-by-file', port, { name: 'AWSBedrock' }),
    doc(aiApi, 'BackendSecurityPolicy', 'bedrock-by-file', {
      spec: {
        targetRefs: [{ group: aiGroup, kind: 'AIServiceBackend', name: 'bedrock-by-file' }],
        type: 'AWSCredentials',
        awsCredentials: { region: 'us-east-1' },
      },
    }),
    ...keyed(
      'gemini',
      { name: 'GCPVertexAI' },
      'GCPCredentials',
      (secretRef) => gcp({ secretRef }),
      {
        'service_account.json': JSON.stringify(serviceAccount),
      },
    ),
    ...keyed(
      'claude-on-vertex',
      { name: 'GCPAnthropic' },
      'GCPCredentials',
      (secretRef) => gcp({ secretRef }),
      { 'service_account.json': JSON.stringify(serviceAccount) },
    ),
    // The clients of this one bring their own.
    ...keyed(
      'override',
      { name: 'OpenAI', prefix: '/v1' },
      'APIKey',
      (secretRef) => ({
        apiKey: { secretRef },
        credentialOverride: { fromRequestHeaders: { header: 'x-my-own' } },
      }),
      { apiKey: secret('overriddenkey') },
    ),
    ...backendDocs('cohere', port, { name: 'Cohere' }),
    // Nobody listens there.
    ...backendDocs('refused', 1, { name: 'OpenAI' }),
    // It has a policy, and no key.
    ...keyed('keyless', { name: 'OpenAI' }, 'APIKey', (secretRef) => ({ apiKey: { secretRef } }), {
      other: secret('otherkey'),
    }),
  ]
}

const chatModels = [
  ...['openai', 'azure', 'anthropic', 'bedrock', 'claude-on-bedrock', 'bedrock-by-file'],
  ...['gemini', 'claude-on-vertex', 'override', 'fallback', 'cohere', 'refused', 'keyless'],
]

/** Lines that ask for more than they should get. */
const greedy = [
  ...['AUTHORIZATION', 'X-API-KEY', 'API-KEY', 'COOKIE', 'PROXY-AUTHORIZATION', 'X-MY-OWN'],
  ...['X-GOOG-API-KEY', 'X-AIGW-MINE', 'MY-SESSION-TOKEN', ':PATH', 'X-ENVOY-ORIGINAL-PATH?:PATH'],
]

function config(port: number, collector: number): string {
  const format = {
    type: 'JSON',
    json: Object.fromEntries([
      ...greedy.map((name) => [name, `%REQ(${name})%`]),
      ['cookies', '%RESP(SET-COOKIE)% and %RESP(X-API-KEY)%'],
      ['model', '%REQ(X-AI-EG-MODEL)%'],
    ]),
  }
  const file = { type: 'File', file: { path: '/dev/stdout' } }
  const sent = {
    type: 'OpenTelemetry',
    openTelemetry: {
      ...{ host: '127.0.0.1', port: collector },
      headers: [{ name: 'x-tenant', value: secret('sinkheader') }],
    },
  }
  return joinDocs([
    ...gatewayDocs('logs'),
    doc(envoyApi, 'EnvoyProxy', 'logs', {
      spec: { telemetry: { accessLog: { settings: [{ format, sinks: [file, sent] }] } } },
    }),
    doc(envoyApi, 'ClientTrafficPolicy', 'limit', {
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'aigw' }],
        connection: { bufferLimit: '64Ki' },
      },
    }),
    routeDoc('models', [
      ...chatModels
        .filter((model) => model !== 'fallback')
        .map((model) => modelRule(model, [{ name: model }])),
      modelRule({ pattern: 'm-.*' }, [{ name: 'openai' }]),
    ]),
    routeDoc('fallback', [
      modelRule('fallback', [{ name: 'refused' }, { name: 'openai', priority: 1 }]),
    ]),
    retryDoc('fallback', {
      ...{ numRetries: 2, numAttemptsPerPriority: 1 },
      retryOn: { triggers: ['connect-failure', 'reset', '5xx'] },
    }),
    ...backends(port),
  ])
}

const clientHeaders = {
  authorization: `Bearer ${secret('authorization')}`,
  'x-api-key': secret('xapikey'),
  'api-key': secret('azurekey'),
  'x-goog-api-key': secret('googkey'),
  cookie: `a=${secret('cookie')}`,
  'proxy-authorization': secret('proxyauth'),
  'x-amz-security-token': secret('amz'),
  'x-aigw-mine': secret('aigw'),
  'my-session-token': secret('session'),
  'x-auth-secret': secret('authsecret'),
  'x-my-own': secret('override'),
}

const content = secret('prompt')
const messages = [{ role: 'user', content }]

function form(): FormData {
  const fields = new FormData()
  fields.set('model', 'm-form')
  fields.set('prompt', content)
  for (const name of ['file', 'image']) fields.set(name, new Blob([secret('file')]), 'a.wav')
  return fields
}

/** By the endpoint's path; absent: it has no body. */
const bodies: Readonly<Record<string, object | FormData>> = {
  '/v1/chat/completions': {
    messages: [
      ...messages,
      {
        role: 'assistant',
        tool_calls: [
          { id: 'c', type: 'function', function: { name: 'f', arguments: `{"a":"${content}"}` } },
        ],
      },
      { role: 'tool', tool_call_id: 'c', content },
    ],
  },
  '/v1/completions': { prompt: content },
  '/v1/embeddings': { input: content },
  '/v1/images/generations': { prompt: content },
  '/v1/images/edits': form(),
  '/v1/audio/speech': { input: content, voice: 'alloy' },
  '/v1/audio/transcriptions': form(),
  '/v1/audio/translations': form(),
  '/v1/responses': { input: content, instructions: content },
  '/v1/responses/input_tokens': { input: content },
  '/v1/responses/compact': { input: content },
  '/v1/moderations': { input: content },
  '/tokenize': { prompt: content },
  '/v1/responses/:id/cancel': {},
}

const fates = [
  ...['', 'status=400', 'status=401', 'status=429, retry-after=1', 'status=503', 'cut=3'],
  'malformed',
]

const setups = [
  {
    name: 'no content captured, text logs, and a collector that fails',
    collector: 'failing',
    args: [],
    env: {
      OTEL_TRACES_EXPORTER: 'console,otlp',
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_LOGS_EXPORTER: 'console',
      // Spans of this vocabulary hold no content.
      AI_GATEWAY_TRACING_SEMCONV: 'gen_ai',
    },
  },
  {
    name: 'all content hidden, logs in JSON, and a collector that takes everything',
    collector: 'good',
    args: ['--log-format', 'json'],
    env: {
      OTEL_TRACES_EXPORTER: 'console,otlp',
      OTEL_METRICS_EXPORTER: 'console,otlp',
      OTEL_LOGS_EXPORTER: 'otlp',
      OPENINFERENCE_HIDE_INPUTS: 'true',
      OPENINFERENCE_HIDE_OUTPUTS: 'true',
      OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: 'x-fate:fate',
    },
  },
] as const

function readAll(folder: string): string {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .map((path) => (statSync(path).isDirectory() ? readAll(path) : readFileSync(path, 'utf8')))
    .join('\n')
}

describe.each(setups)('with $name', ({ collector: manner, args, env }) => {
  it('no log, line, span, metric, page or error has a secret in it', async () => {
    const provider = await startSimulatedServer({
      'set-cookie': secret('setcookie'),
      'x-api-key': secret('upstreamheader'),
    })
    const collector = await startOtlpReceiver(manner)
    const sink = await startGrpcReceiver()
    const awsFile = join(workspace.folder, 'aws-credentials')
    writeFileSync(
      awsFile,
      `[default]\naws_access_key_id = ${secret('fileid')}\naws_secret_access_key = ${secret('filekey')}\n`,
    )
    const path = join(workspace.folder, 'config.yaml')
    const text = config(provider.port, Number(new URL(sink.url).port))
    writeFileSync(path, text)
    const started = workspace.start(
      ['run', path, '--debug', '--port', '0', '--admin-port', '0', ...args],
      {
        env: {
          ...env,
          AWS_SHARED_CREDENTIALS_FILE: awsFile,
          OPENAI_API_KEY: secret('envkey'),
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace(
            '://',
            `://user:${secret('userinfo')}@`,
          ),
          OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
          OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret('otlpheader')}`,
          OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-key=${secret('tracesheader')}`,
          OTEL_BSP_SCHEDULE_DELAY: '10',
          OTEL_METRIC_EXPORT_INTERVAL: '100',
          OTEL_LOG_LEVEL: 'all',
        },
      },
    )
    const { url, admin } = await started.listening()
    const said: string[] = []
    const query = `?key=${secret('query')}&api-key=${secret('queryapikey')}&access_token=${secret('querytoken')}`
    const send = (to: string, init: RequestInit & { readonly fate?: string }) => {
      const { fate = '', ...rest } = init
      const headers = {
        ...clientHeaders,
        ...(rest.body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      }
      return fetch(`${url}${to}${query}`, {
        method: 'POST',
        ...rest,
        headers: { ...headers, 'x-fate': fate, ...rest.headers },
      })
    }
    const statuses = new Set<number>()
    const ask = async (to: string, init: Parameters<typeof send>[1]) => {
      const answer = await send(to, init).catch(
        (error: unknown) => new Response(String(error), { status: 599 }),
      )
      const told = await answer.text().catch(String)
      statuses.add(answer.status)
      // What a model says goes to who has asked; the simulator quotes.
      said.push(answer.status === 200 ? '' : told.replaceAll(content, ''))
    }

    for (const endpoint of endpoints) {
      const { path } = endpoint
      const method = 'method' in endpoint ? (endpoint.method ?? 'POST') : 'POST'
      const to = path.replace(':id', 'resp_1')
      const body = bodies[path]
      const streams = body instanceof FormData ? [{}] : [{}, { stream: true }]
      await Promise.all(
        fates.flatMap((fate) =>
          streams.map((more) =>
            ask(to, {
              method,
              fate,
              ...(method !== 'POST' || body === undefined
                ? {}
                : {
                    body:
                      body instanceof FormData
                        ? body
                        : JSON.stringify({ model: 'm-1', ...body, ...more }),
                  }),
            }),
          ),
        ),
      )
    }
    const chat = '/v1/chat/completions'
    for (const model of chatModels) {
      const kinds = [{}, { stream: true }].map((more) =>
        JSON.stringify({ model, messages, ...more }),
      )
      await Promise.all(fates.flatMap((fate) => kinds.map((body) => ask(chat, { body, fate }))))
    }
    // What a gateway refuses by itself.
    const good = JSON.stringify({ model: 'openai', messages })
    await ask(chat, { body: `{"model": "${secret('malformed')}` })
    await ask(chat, { body: JSON.stringify({ model: 'nobody', messages }) })
    await ask(chat, { body: JSON.stringify({ model: 'openai', messages: secret('nolist') }) })
    await ask(chat, {
      body: JSON.stringify({ model: 'bedrock', messages: [{ role: 'nobody', content }] }),
    })
    await ask(chat, { body: new Uint8Array([0xff, 0xfe]) })
    await ask(chat, { body: good, headers: { 'content-encoding': secret('encoding') } })
    await ask(chat, {
      body: JSON.stringify({ model: 'openai', messages, pad: 'x'.repeat(70_000) }),
    })
    await ask(chat, { method: 'PUT', body: good })
    await ask('/v1/nothing', { body: good })
    await ask('/v1/audio/transcriptions', { body: good })
    // Clients that leave before the head, and in the middle of a stream.
    for (const [fate, stream] of [
      ['delay=60s', false],
      ['stall=3', true],
    ] as const) {
      const gone = new AbortController()
      const body = JSON.stringify({ model: 'openai', messages, stream })
      const pending = send(chat, { body, fate, signal: gone.signal })
      if (stream) await (await pending).body?.getReader().read()
      else while (provider.open() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      gone.abort()
      await pending.catch(() => {})
    }
    // A configuration that cannot be used: its errors must not quote it.
    writeFileSync(
      path,
      text.replace('"schema":{"name":"Anthropic"}', '"schema":{"name":"Anthropc"}'),
    )
    started.child.kill('SIGHUP')
    while (!/not reloaded|Anthropc/.test(started.stderr())) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    for (const page of ['/metrics', '/health', '/ready', '/config', '/', '/requests', '/nothing']) {
      said.push(await (await fetch(`${admin}${page}`)).text())
    }
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    await Promise.all([provider.close(), collector.close(), sink.close()])

    const bodiesOf = (received: readonly { readonly body: Buffer }[]) =>
      received.map(({ body }) => body.toString('latin1')).join('\n')
    const found: Readonly<Record<string, string>> = {
      stdout: started.stdout(),
      stderr: started.stderr(),
      files: readAll(join(workspace.folder, 'home')),
      answers: said.join('\n'),
      collected: bodiesOf(collector.received),
      lines: bodiesOf(sink.received),
    }
    // Each of them has been talkative.
    expect(found['stdout']).toContain('SpanContext')
    expect(found['stdout']).toContain('ScopeMetrics')
    expect(found['stderr']).toMatch(/level=DEBUG|"level":"DEBUG"/)
    expect(found['files']).toMatch(/level=DEBUG|"level":"DEBUG"/)
    expect(found['answers']).toContain('"model":"openai"')
    expect(found['collected']?.length).toBeGreaterThan(1000)
    expect(found['lines']?.length).toBeGreaterThan(1000)
    expect([...statuses].toSorted()).toEqual(
      expect.arrayContaining([200, 400, 401, 404, 405, 413, 415, 429, 501, 502, 503]),
    )
    for (const [where, text] of Object.entries(found)) {
      expect([where, ...new Set(text.match(planted) ?? [])]).toEqual([where])
      expect([where, text.includes(pieceOfKey)]).toEqual([where, false])
    }
  }, 120_000)
})
