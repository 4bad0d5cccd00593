// The official client of OpenAI on every endpoint but chat, against each simulated provider that serves it.
import { generateKeyPairSync } from 'node:crypto'
import OpenAI, { APIError, toFile, UnprocessableEntityError } from 'openai'
import { describe, expect, it } from 'vitest'
import { decodeBase64 } from '../../src/base64-bytes.ts'
import { pixel } from '../../src/simulate/pixel.ts'
import { testGateway } from '../support/ask.ts'
import { backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { instant, weatherTool } from '../unit/simulate/support.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const vertex = (name: string) =>
  backend(name, {
    schema: { name: 'GCPVertexAI' },
    endpoints: [{ kind: 'fqdn', host: 'us-central1-aiplatform.googleapis.com', port: 443 }],
    auth: {
      type: 'GCPCredentials',
      project: 'p-1',
      region: 'us-central1',
      serviceAccount: JSON.stringify({
        type: 'service_account',
        client_email: 'robot@p-1.iam.gserviceaccount.com',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      }),
    },
  })

const bedrock = (name: string) =>
  backend(name, {
    schema: { name: 'AWSBedrock' },
    endpoints: [{ kind: 'fqdn', host: 'bedrock-runtime.us-east-1.amazonaws.com', port: 443 }],
  })

const providers = {
  openai: backend('openai'),
  azure: backend('azure', { schema: { name: 'AzureOpenAI', version: '2025-04-01-preview' } }),
  'azure-v1': backend('azure-v1', { schema: { name: 'AzureOpenAI', version: 'v1' } }),
  bedrock: bedrock('bedrock'),
  cohere: bedrock('cohere'),
  nova: bedrock('nova'),
  claude: backend('claude', { schema: { name: 'Anthropic' } }),
  gemini: vertex('gemini'),
  imagen: vertex('imagen'),
  'imagen-edits': vertex('imagen-edits'),
}

const overrides: Readonly<Record<string, string>> = {
  bedrock: 'amazon.titan-embed-text-v2:0',
  cohere: 'cohere.embed-english-v3',
  nova: 'amazon.nova-2-multimodal-embeddings-v1:0',
  gemini: 'gemini-2.5-flash-image',
  imagen: 'imagen-4.0-generate-001',
  'imagen-edits': 'imagen-3.0-capability-001',
}

const gateway = testGateway({
  fetch: instant,
  config: gatewaySpec(
    Object.values(providers),
    Object.keys(providers).map((name) =>
      rule(
        [exact('x-ai-eg-model', name)],
        [ref(name, overrides[name] === undefined ? {} : { modelNameOverride: overrides[name] })],
      ),
    ),
  ),
})

const client = new OpenAI({
  apiKey: 'none',
  baseURL: 'http://localhost:1975/v1',
  maxRetries: 0,
  fetch: (input, init) => gateway.fetch(new Request(input, init)),
})

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

const usageOfLast = () => gateway.ended.at(-1)?.usage

const png = (name: string) =>
  toFile(decodeBase64(pixel) ?? new Uint8Array(), name, { type: 'image/png' })
const isPicture = expect.stringMatching(/^iVBO/)

/** What the client reads of the usage is what was recorded. */
function expectUsage(usage: OpenAI.ImagesResponse.Usage | undefined): void {
  const { input_tokens: input, output_tokens: output, total_tokens: total } = usage ?? {}
  expect(usageOfLast() ?? {}).toMatchObject(usage === undefined ? {} : { input, output, total })
  if (usage !== undefined) expect(total).toBe(usage.input_tokens + usage.output_tokens)
}

describe.each(['openai', 'azure', 'azure-v1', 'gemini', 'imagen'])('images by %s', (model) => {
  it('are made, as many as are asked for', async () => {
    const order = { model, prompt: 'a fox', n: 5, size: '1536x1024' } as const
    const { created, data, usage } = await client.images.generate(order)
    expect(created).toBeGreaterThan(1_600_000_000)
    expect(data).toEqual(Array(5).fill(expect.objectContaining({ b64_json: isPicture })))
    expectUsage(usage)
  })

  it('are never more than ten', async () => {
    const order = { model, prompt: 'a fox', n: 11 }
    const error = await client.images.generate(order).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect([400, 422]).toContain(error instanceof APIError && error.status)
  })
})

describe.each(['openai', 'azure', 'azure-v1', 'gemini', 'imagen-edits'])(
  'images changed by %s',
  (model) => {
    it('come back, as many as are asked for', async () => {
      const image = await png('a.png')
      const { data, usage } = await client.images.edit({ model, image, prompt: 'a hat', n: 2 })
      expect(data).toEqual(Array(2).fill(expect.objectContaining({ b64_json: isPicture })))
      expectUsage(usage)
    })
  },
)

describe.each(['openai', 'azure', 'azure-v1', 'gemini'])('several images by %s', (model) => {
  it('are changed at once', async () => {
    const image = [await png('a.png'), await png('b.png')]
    const { data, usage } = await client.images.edit({ model, image, prompt: 'a hat' })
    expect(data).toHaveLength(1)
    expect(usage?.input_tokens).toBeGreaterThan(0)
    expectUsage(usage)
  })

  it.each(['generation', 'edit'])('come in a stream of the %s', async (kind) => {
    const order = { model, prompt: 'a fox', stream: true, partial_images: 2 } as const
    const events: readonly OpenAI.ImageGenStreamEvent[] | readonly OpenAI.ImageEditStreamEvent[] =
      kind === 'generation'
        ? await collect(await client.images.generate(order))
        : await collect(await client.images.edit({ ...order, image: await png('a.png') }))
    const drafts = events.slice(0, -1).map(({ type }) => type)
    expect(drafts).toEqual(drafts.map(() => `image_${kind}.partial_image`))
    const last = events.at(-1)
    expect(last).toMatchObject({ type: `image_${kind}.completed`, b64_json: isPicture })
    expectUsage(last && 'usage' in last ? last.usage : undefined)
    expect(usageOfLast()?.output).toBeGreaterThan(0)
  })
})

it('refuses by the name of the field what a provider has not', async () => {
  const order = { model: 'gemini', prompt: 'a fox', background: 'transparent' } as const
  const error = await client.images.generate(order).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UnprocessableEntityError)
  expect(error).toHaveProperty('message', expect.stringContaining('(background)'))
})

describe.each(['openai', 'azure', 'azure-v1'])('%s', (model) => {
  it('speaks', async () => {
    const answer = await client.audio.speech.create({ model, input: 'hello there', voice: 'coral' })
    expect(answer.headers.get('content-type')).toBe('audio/wav')
    const bytes = new Uint8Array(await answer.arrayBuffer())
    expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('RIFF')
    // The size that the head states, of what follows its first eight bytes.
    expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(bytes.length - 8)
  })

  it('writes down', async () => {
    const file = await toFile(new Uint8Array(2000), 'a.wav')
    const { text } = await client.audio.transcriptions.create({ model, file })
    expect(text).toContain('You sent 2000 bytes of audio.')
    expect(usageOfLast()).toMatchObject({ input: 2 })
    const srt = await client.audio.transcriptions.create({ model, file, response_format: 'srt' })
    expect(srt).toContain('00:00:00,000 --> 00:00:01,000')
  })

  it('writes down while one listens', async () => {
    const file = await toFile(new Uint8Array(2000), 'a.wav')
    const stream = await client.audio.transcriptions.create({ model, file, stream: true })
    const events = await collect(stream)
    const deltas = events.map((event) =>
      event.type === 'transcript.text.delta' ? event.delta : '',
    )
    expect(deltas.join('')).toContain('You sent 2000 bytes of audio.')
    expect(usageOfLast()).toMatchObject({ input: 2 })
  })

  it('translates', async () => {
    const file = await toFile(new Uint8Array([82]), 'a.wav')
    const { text } = await client.audio.translations.create({ model, file })
    expect(text).toContain('You sent 1 bytes of audio.')
  })

  it('responds', async () => {
    const response = await client.responses.create({ model, input: 'hello there' })
    expect(response.output_text).toContain('You said "hello there".')
    expect(usageOfLast()).toMatchObject({ input: response.usage?.input_tokens, cachedInput: 0 })
    const counted = await client.responses.inputTokens.count({ model, input: 'hello there' })
    expect(counted.input_tokens).toBe(response.usage?.input_tokens)
  })

  it('responds piece by piece', async () => {
    const stream = client.responses.stream({ model, input: 'hello there' })
    const events = await collect(stream)
    expect(events[0]?.type).toBe('response.created')
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at))
    const response = await stream.finalResponse()
    expect(response.output_text).toContain('You said "hello there".')
    expect(usageOfLast()).toMatchObject({ output: response.usage?.output_tokens })
  })

  it('responds by calls', async () => {
    const { name, parameters } = weatherTool('alpha').function
    const tools = [{ type: 'function' as const, name, parameters, strict: true }]
    const stream = client.responses.stream({ model, input: 'alpha', tools })
    const response = await stream.finalResponse()
    const [item] = response.output
    if (item?.type !== 'function_call') throw new Error('nothing was called')
    expect([item.name, Object.keys(JSON.parse(item.arguments))]).toEqual([
      'alpha',
      ['city', 'unit'],
    ])
  })

  it('says why a response broke off', async () => {
    const headers = { 'x-simulate': 'cut=8' }
    const stream = await client.responses.create(
      { model, input: 'hello there', stream: true },
      { headers },
    )
    const events = await collect(stream)
    expect(events.at(-1)).toMatchObject({ type: 'error', sequence_number: 8 })
    expect(gateway.ended.at(-1)?.outcome).toBe('failed')
  })

  it('finds what it keeps where the header says', async () => {
    const headers = { 'x-ai-eg-model': model }
    const found = await client.responses.retrieve('resp_1', {}, { headers })
    expect(found.id).toBe('resp_1')
    const types: string[] = []
    const again = { stream: true, starting_after: 0 } as const
    for await (const { type } of await client.responses.retrieve('resp_1', again, { headers })) {
      types.push(type)
    }
    expect(types).toEqual(['response.completed'])
    const items = await client.responses.inputItems.list('resp_1', {}, { headers })
    expect(items.data).toEqual([])
    await client.responses.delete('resp_1', { headers })
    expect(gateway.ended.at(-1)?.outcome).toBe('complete')
  })

  it('embeds', async () => {
    const { data } = await client.embeddings.create({ model, input: ['a', 'b'] })
    expect(data.map(({ embedding }) => embedding.length)).toEqual([1536, 1536])
  })
})

it('moderates', async () => {
  const { results } = await client.moderations.create({ model: 'openai', input: ['a', 'b'] })
  expect(results.map(({ flagged }) => flagged)).toEqual([false, false])
})

describe.each(['openai', 'azure', 'azure-v1', 'claude'])('text by %s', (model) => {
  it('is completed', async () => {
    const answer = await client.completions.create({ model, prompt: 'hello', max_tokens: 50 })
    expect(answer.choices[0]?.text).toContain('You said "hello".')
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(usageOfLast()).toMatchObject({ total: answer.usage?.total_tokens })
  })

  it('is completed piece by piece', async () => {
    const stream = await client.completions.create({
      model,
      prompt: 'hello',
      max_tokens: 50,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    const text = chunks.map(({ choices }) => choices[0]?.text ?? '').join('')
    expect(text).toContain('You said "hello".')
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0)
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['text_completion']))
  })
})

it.each(['cohere', 'nova'])(
  'embeds by %s more texts than it takes, and counts all',
  async (model) => {
    const input = Array.from({ length: 100 }, (_, index) => `t${index}`.padEnd(4))
    const { data, usage } = await client.embeddings.create({ model, input })
    expect(data.map(({ index }) => index)).toEqual(input.map((_, index) => index))
    const [last] = (await client.embeddings.create({ model, input: input.slice(-1) })).data
    expect(data.at(-1)?.embedding).toEqual(last?.embedding)
    expect(usage).toEqual({ prompt_tokens: 100, total_tokens: 100 })
  },
)

it('embeds by Bedrock, several texts at once', async () => {
  const model = 'bedrock'
  const { data, usage } = await client.embeddings.create({ model, input: ['a', 'b', 'c'] })
  expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
    [0, 1024],
    [1, 1024],
    [2, 1024],
  ])
  expect(usage.total_tokens).toBe(3)
})

describe('a count of tokens', () => {
  const ask = async (body: object) => {
    const answer = await gateway.chat(body, { path: '/tokenize' })
    return [answer.status, await answer.json()]
  }

  it.each(['openai', 'claude', 'bedrock'])('is the same by %s', async (model) => {
    const [status, value] = await ask({ model, prompt: 'hello there' })
    expect([status, value.count]).toEqual([200, 3])
    expect(usageOfLast()).toEqual({})
  })
})
