// The worked configurations of defaults/examples/, each loaded as a person would and driven against the simulator.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { withPlaceholderCredentials } from '../../runtime-node/simulation.ts'
import type { GatewaySpec } from '../../src/config/config.ts'
import { parseConfig } from '../../src/config/parse.ts'
import { createGateway } from '../../src/index.ts'
import { isRecord } from '../../src/json/is-record.ts'
import type { UpstreamFetch } from '../../src/ports.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { instant, user } from '../unit/simulate/support.ts'

const folder = join(import.meta.dirname, '../../defaults/examples')
const read = (name: string) => readFileSync(join(folder, `${name}.yaml`), 'utf8')

/** There are files, and none of them is there. */
const readText = () => undefined

/** As strictly as there is: what a cluster refuses and what nobody knows are errors. */
const load = (name: string, env: Readonly<Record<string, string>> = {}) =>
  parseConfig(
    { file: `${name}.yaml`, text: read(name), env, readText },
    { clusterRules: 'error', unknownFields: 'error' },
  )

interface Sent {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

type StartOptions = { readonly random?: () => number }

const start = (name: string, options: StartOptions = {}) => startWith(load(name).spec, options)

function startWith(spec: GatewaySpec | undefined, options: StartOptions = {}) {
  if (spec === undefined) throw new Error('the example cannot be loaded')
  const sent: Sent[] = []
  const fetch: UpstreamFetch = (url, init) => {
    sent.push({ url, headers: init.headers })
    return instant(url, init)
  }
  const { now, schedule } = createFakeClock()
  const config = withPlaceholderCredentials(spec)
  const gateway = createGateway({ config, fetch, now, schedule, random: () => 0, ...options })
  const ask = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    gateway.fetch(
      new Request(`http://localhost:1975${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    )
  return {
    sent,
    ask,
    chat: (body: unknown, headers?: Readonly<Record<string, string>>) =>
      ask('/v1/chat/completions', body, headers),
  }
}

const anthropicUrl = 'https://api.anthropic.com/v1/messages'
const azureUrl = 'https://my-resource.openai.azure.com/openai/deployments/gpt-4o-mini'
const bedrockUrl = 'https://bedrock-runtime.us-east-1.amazonaws.com/model'
const openaiUrl = 'https://api.openai.com/v1/chat/completions'
const openrouterUrl = 'https://openrouter.ai/api/v1/chat/completions'
const vertexUrl = 'https://us-central1-aiplatform.googleapis.com/v1/projects/my-project'
const claudeVertexUrl = 'https://us-east5-aiplatform.googleapis.com/v1/projects/my-project'

/** What a placeholder credential looks like on the wire. */
const key = /^simulated$/
const bearer = /^Bearer simulated$/
const bedrockSignature =
  /^AWS4-HMAC-SHA256 Credential=SIMULATED\/\d{8}\/us-east-1\/bedrock\/aws4_request, SignedHeaders=[\w;-]+, Signature=[0-9a-f]{64}$/
const googleToken = /^Bearer simulated\.[0-9a-f]+$/

/** What a client may ask of each, the header that the provider's credential comes in, and where it goes. */
const examples: Readonly<
  Record<
    string,
    {
      readonly credential: readonly [header: string, value: RegExp] | undefined
      readonly chats: Readonly<Record<string, readonly [whole: string, stream: string]>>
    }
  >
> = {
  anthropic: {
    credential: ['x-api-key', key],
    chats: {
      'claude-sonnet-4-5': [anthropicUrl, anthropicUrl],
      'claude-opus-4-1': [anthropicUrl, anthropicUrl],
    },
  },
  'aws-anthropic': {
    credential: ['authorization', bedrockSignature],
    chats: {
      'claude-sonnet-4-5': [
        `${bedrockUrl}/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke`,
        `${bedrockUrl}/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke-with-response-stream`,
      ],
    },
  },
  'aws-bedrock': {
    credential: ['authorization', bedrockSignature],
    chats: {
      'us.meta.llama3-2-1b-instruct-v1:0': [
        `${bedrockUrl}/us.meta.llama3-2-1b-instruct-v1:0/converse`,
        `${bedrockUrl}/us.meta.llama3-2-1b-instruct-v1:0/converse-stream`,
      ],
      'nova-lite': [
        `${bedrockUrl}/us.amazon.nova-lite-v1:0/converse`,
        `${bedrockUrl}/us.amazon.nova-lite-v1:0/converse-stream`,
      ],
    },
  },
  'azure-openai': {
    credential: ['api-key', key],
    chats: {
      'gpt-4o-mini': [
        `${azureUrl}/chat/completions?api-version=2025-01-01-preview`,
        `${azureUrl}/chat/completions?api-version=2025-01-01-preview`,
      ],
    },
  },
  fallback: { credential: ['x-api-key', key], chats: { smart: [anthropicUrl, anthropicUrl] } },
  'gcp-anthropic': {
    credential: ['authorization', googleToken],
    chats: {
      'claude-sonnet-4-5': [
        `${claudeVertexUrl}/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`,
        `${claudeVertexUrl}/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict`,
      ],
    },
  },
  'gcp-vertexai': {
    credential: ['authorization', googleToken],
    chats: {
      'gemini-2.5-flash': [
        `${vertexUrl}/locations/us-central1/publishers/google/models/gemini-2.5-flash:generateContent`,
        `${vertexUrl}/locations/us-central1/publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse`,
      ],
    },
  },
  ollama: {
    credential: undefined,
    chats: {
      'qwen3:0.6b': [
        'http://127.0.0.1:11434/v1/chat/completions',
        'http://127.0.0.1:11434/v1/chat/completions',
      ],
      'something:else': [
        'http://127.0.0.1:11434/v1/chat/completions',
        'http://127.0.0.1:11434/v1/chat/completions',
      ],
    },
  },
  openai: {
    credential: ['authorization', bearer],
    chats: { 'gpt-4o-mini': [openaiUrl, openaiUrl] },
  },
  'openai-compatible': {
    credential: ['authorization', bearer],
    chats: {
      'meta-llama/llama-3.3-70b-instruct': [openrouterUrl, openrouterUrl],
      best: [openrouterUrl, openrouterUrl],
      'qwen/qwen3-8b': [openrouterUrl, openrouterUrl],
    },
  },
  weights: {
    credential: ['api-key', key],
    chats: {
      'gpt-4o-mini': [
        `${azureUrl}/chat/completions?api-version=2025-01-01-preview`,
        `${azureUrl}/chat/completions?api-version=2025-01-01-preview`,
      ],
    },
  },
}

it('has a case for each example', () => {
  const names = readdirSync(folder).map((name) => name.replace(/\.yaml$/, ''))
  expect(names.toSorted()).toEqual(Object.keys(examples).toSorted())
})

describe.each(Object.entries(examples))('%s', (name, { credential, chats }) => {
  it('loads without error and without warning', () => {
    const { spec, diagnostics } = load(name)
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(spec).toBeDefined()
  })

  it('says how it is run and asks for a model that it serves', () => {
    const text = read(name)
    expect(text).toContain(`aigw run ${name}.yaml`)
    const asked = [...text.matchAll(/-d '\{"model":"([^"]+)"/g)].map(([, model]) => model)
    expect(asked.length).toBeGreaterThan(0)
    for (const model of asked) expect(Object.keys(chats)).toContain(model)
  })

  it.each(Object.entries(chats))('answers a chat with %s', async (model, [url]) => {
    const { chat, sent } = start(name)
    const answer = await chat({ model, messages: [user('hello')] })
    expect(answer.status).toBe(200)
    const { choices, usage } = await answer.json()
    expect(choices[0].message.content).toContain('You said "hello".')
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    expect(sent.at(-1)?.url).toBe(url)
    if (credential === undefined) return
    const [header, value] = credential
    expect(sent.at(-1)?.headers[header]).toMatch(value)
  })

  it.each(Object.entries(chats))('streams a chat with %s', async (model, [, url]) => {
    const { chat, sent } = start(name)
    const answer = await chat({
      model,
      messages: [user('hello')],
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(answer.status).toBe(200)
    const chunks = withoutPromptFilter(await answer.text())
    expect(checkChatStream(chunks, { usage: 'required' })).toEqual([])
    expect(sent.at(-1)?.url).toBe(url)
  })
})

it.each([
  ['openai', 'text-embedding-3-small'],
  ['gcp-vertexai', 'gemini-embedding-001'],
])('embeds by %s', async (name, model) => {
  const { ask } = start(name)
  const answer = await ask('/v1/embeddings', { model, input: 'hello' })
  expect(answer.status).toBe(200)
  expect((await answer.json()).data[0].embedding.length).toBeGreaterThan(0)
})

it.each(['gemini-2.5-flash-image', 'imagen-4.0-generate-001'])(
  'draws by Vertex AI with %s',
  async (model) => {
    const { ask } = start('gcp-vertexai')
    const answer = await ask('/v1/images/generations', { model, prompt: 'a fox' })
    expect(answer.status).toBe(200)
    expect((await answer.json()).data[0].b64_json.length).toBeGreaterThan(0)
  },
)

/** Azure's streams begin with what its filter says of the prompt, in a chunk without id and model: passed on as it is. */
function withoutPromptFilter(stream: string): string {
  const [first = '', ...rest] = stream.split('\n\n')
  return first.includes('"prompt_filter_results"') ? rest.join('\n\n') : stream
}

const said = async (answer: Response): Promise<string> =>
  (await answer.json()).choices[0].message.content
const asks = (model: string) => ({ model, messages: [user('hello')] })

it('falls back from Anthropic to Bedrock', async () => {
  const { chat, sent } = start('fallback')
  const answer = await chat(asks('smart'), { 'x-simulate': 'status=503,only=anthropic' })
  expect(await said(answer)).toContain('simulated at default/bedrock.')
  expect(sent.map(({ url }) => new URL(url).hostname)).toEqual([
    'api.anthropic.com',
    'bedrock-runtime.us-east-1.amazonaws.com',
  ])
})

it('asks all three before it gives up', async () => {
  const { chat, sent } = start('fallback')
  const answer = await chat(asks('smart'), { 'x-simulate': 'status=429' })
  expect(answer.status).toBe(429)
  expect(sent.map(({ url }) => new URL(url).hostname)).toEqual([
    'api.anthropic.com',
    'bedrock-runtime.us-east-1.amazonaws.com',
    'api.openai.com',
  ])
})

it('sends nine of ten requests to Azure, and asks the other where one fails', async () => {
  const share = async (random: number) => {
    const { chat } = start('weights', { random: () => random })
    return said(await chat(asks('gpt-4o-mini')))
  }
  expect(await share(0.89)).toContain('simulated at default/azure.')
  expect(await share(0.91)).toContain('simulated at default/openai.')
  const { chat } = start('weights')
  const answer = await chat(asks('gpt-4o-mini'), { 'x-simulate': 'status=503,only=azure' })
  expect(await said(answer)).toContain('simulated at default/openai.')
})

/** The example without any Backend. */
function withoutBackends(name: string): string {
  return parseAllDocuments(read(name))
    .map((document): unknown => document.toJS())
    .filter((each) => isRecord(each) && each.kind !== 'Backend' && each.kind !== 'BackendTLSPolicy')
    .map((each) =>
      JSON.stringify(each, (key: string, value: unknown) =>
        key === 'backendRef' ? undefined : value,
      ),
    )
    .join('\n---\n')
}

it.each(['aws-bedrock', 'aws-anthropic', 'gcp-vertexai', 'gcp-anthropic'])(
  'asks %s at the same host without a Backend',
  async (name) => {
    const { spec, diagnostics } = parseConfig({
      file: 'a.yaml',
      text: withoutBackends(name),
      env: {},
      readText,
    })
    const heard = diagnostics.filter(({ severity }) => severity !== 'info')
    expect(heard.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'warning schema.required',
    ])
    const { chat, sent } = startWith(spec)
    for (const [model, [url]] of Object.entries(examples[name]?.chats ?? {})) {
      expect((await chat({ model, messages: [user('hello')] })).status).toBe(200)
      expect(sent.at(-1)?.url).toBe(url)
    }
  },
)

it('takes region, resource and project from the environment', () => {
  const hosts = (name: string, env: Readonly<Record<string, string>>) =>
    Object.values(load(name, env).spec?.backends ?? {}).map(({ endpoints, tls, auth }) => [
      endpoints[0]?.host,
      tls?.hostname,
      auth !== undefined && 'region' in auth ? auth.region : undefined,
    ])
  expect(hosts('aws-bedrock', { AWS_REGION: 'eu-west-1' })).toEqual([
    [
      'bedrock-runtime.eu-west-1.amazonaws.com',
      'bedrock-runtime.eu-west-1.amazonaws.com',
      'eu-west-1',
    ],
  ])
  expect(hosts('azure-openai', { AZURE_OPENAI_RESOURCE: 'mine' })).toEqual([
    ['mine.openai.azure.com', 'mine.openai.azure.com', undefined],
  ])
  expect(hosts('gcp-vertexai', { GCP_REGION: 'europe-west4' })).toEqual([
    [
      'europe-west4-aiplatform.googleapis.com',
      'europe-west4-aiplatform.googleapis.com',
      'europe-west4',
    ],
  ])
})
