// Chat and embeddings by Vertex AI through a whole gateway: credentials, fan-out, fallback.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AuthSpec, BackendSpec } from '../../src/config/config.ts'
import { maxAnswerBytes } from '../../src/limits.ts'
import type { UpstreamFetch } from '../../src/ports.ts'
import { errorOf, testGateway } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { instant, user, weatherTool } from '../unit/simulate/support.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const auth: AuthSpec = {
  type: 'GCPCredentials',
  project: 'p-1',
  region: 'europe-west4',
  serviceAccount: JSON.stringify({
    type: 'service_account',
    client_email: 'robot@p-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }),
  override: { header: 'x-aigw-gcp-access-token', fallbackToConfigured: true },
}
const vertex: Partial<BackendSpec> = {
  schema: { name: 'GCPVertexAI' },
  endpoints: [{ kind: 'fqdn', host: 'europe-west4-aiplatform.googleapis.com', port: 443 }],
  auth,
}
const retry = { retry: retryOn(['retriable-status-codes', 'reset'], { numAttemptsPerPriority: 1 }) }
const config = gatewaySpec(
  [backend('vertex', vertex), backend('openai')],
  [
    rule([exact('x-fallback', 'yes')], [ref('vertex'), ref('openai', { priority: 1 })], retry),
    rule([], [ref('vertex')]),
  ],
)

interface Sent {
  readonly url: string
  readonly authorization: string | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** The simulator, with a note of what it was asked. */
function gatewayTo(fetch: UpstreamFetch = instant) {
  const sent: Sent[] = []
  const gateway = testGateway({
    config,
    fetch: (url, init) => {
      sent.push({ url, authorization: init.headers.authorization, headers: init.headers })
      return fetch(url, init)
    },
  })
  const tokens = () => sent.filter(({ url }) => url.endsWith('/token')).length
  const calls = () => sent.filter(({ url }) => !url.endsWith('/token'))
  return { gateway, sent, tokens, calls }
}

const hello = { model: 'gemini-2.5-flash', messages: [user('hi')] }

describe('credentials', () => {
  it('fetch one token for many requests at once', async () => {
    const { gateway, tokens, calls } = gatewayTo()
    const answers = await Promise.all(Array.from({ length: 20 }, () => gateway.chat(hello)))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(tokens()).toBe(1)
    expect(new Set(calls().map(({ authorization }) => authorization)).size).toBe(1)
    expect(new URL(calls()[0]?.url ?? '').pathname).toBe(
      '/v1/projects/p-1/locations/europe-west4/publishers/google/models/gemini-2.5-flash:generateContent',
    )
  })

  it('send the token of the request, and not the header that brought it', async () => {
    const { gateway, tokens, calls } = gatewayTo()
    const headers = { 'x-aigw-gcp-access-token': 'mine' }
    expect((await gateway.chat(hello, { headers })).status).toBe(200)
    expect(tokens()).toBe(0)
    expect(calls()[0]?.authorization).toBe('Bearer mine')
    expect(calls()[0]?.headers).not.toHaveProperty('x-aigw-gcp-access-token')
  })

  it('renew a token that the provider refuses, once', async () => {
    let granted = 0
    const { gateway, calls } = gatewayTo(async (url, init) => {
      if (url.endsWith('/token')) {
        return Response.json({ access_token: `t${++granted}`, expires_in: 3600 })
      }
      if (init.headers.authorization === 'Bearer t1') {
        return Response.json({ error: { code: 401, status: 'UNAUTHENTICATED' } }, { status: 401 })
      }
      return instant(url, init)
    })
    expect((await gateway.chat(hello)).status).toBe(200)
    expect(calls().map(({ authorization }) => authorization)).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it('pass a refusal on that a new token does not help against', async () => {
    const { gateway, calls } = gatewayTo(async (url, init) =>
      url.endsWith('/token')
        ? instant(url, init)
        : Response.json(
            { error: { code: 401, message: 'No.', status: 'UNAUTHENTICATED' } },
            { status: 401 },
          ),
    )
    const answer = await gateway.chat(hello)
    expect(answer.status).toBe(401)
    expect(await errorOf(answer)).toEqual({ type: 'UNAUTHENTICATED', code: '401', message: 'No.' })
    expect(calls()).toHaveLength(2)
  })

  it('say that a token cannot be had, and when to come again', async () => {
    const { gateway, calls } = gatewayTo(async () => new Response('', { status: 500 }))
    const answer = await gateway.chat(hello)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await errorOf(answer)).message).toMatch(/cannot retrieve GCP credentials/)
    expect(calls()).toHaveLength(0)
  })
})

describe('chat', () => {
  const { gateway } = gatewayTo()

  it.each([
    ['text', hello],
    ['a tool', { ...hello, messages: [user('alpha')], tools: [weatherTool('alpha')] }],
    [
      'several tools',
      {
        ...hello,
        messages: [user('alpha, beta')],
        tools: [weatherTool('alpha'), weatherTool('beta')],
      },
    ],
    [
      'thoughts',
      { ...hello, thinking: { type: 'enabled', budget_tokens: 64, includeThoughts: true } },
    ],
    ['two choices', { ...hello, n: 2 }],
    ['a limit', { ...hello, max_tokens: 3 }],
    ['a word', { ...hello, guided_choice: ['red', 'blue'] }],
    [
      'an old model with a strict tool',
      { ...hello, model: 'gemini-2.0-flash', tools: [weatherTool()] },
    ],
  ])('streams what it answers: %s', async (_, body) => {
    const whole = await gateway.chat(body)
    expect(whole.status).toBe(200)
    const { choices, usage } = await whole.json()
    const stream = await gateway.chat({ ...body, stream: true })
    const text = await stream.text()
    expect(checkChatStream(text, { usage: 'required' })).toEqual([])
    const chunks = text.split('\n\n').slice(0, -2)
    const values = chunks.map((chunk) => JSON.parse(chunk.slice('data: '.length)))
    const content = values.map((value) => value.choices[0]?.delta.content ?? '').join('')
    expect(content).toBe(choices[0].message.content ?? '')
    expect(values.at(-1).usage).toEqual(usage)
  })

  it('goes on with the signature that a call came with', async () => {
    const ask = { model: 'gemini-3-flash-preview', tools: [weatherTool('alpha')] }
    const first = await gateway.chat({ ...ask, messages: [user('alpha')] })
    const { message } = (await first.json()).choices[0]
    const [call] = message.tool_calls
    expect(call.extra_content.google.thought_signature).toMatch(/^[A-Za-z0-9+/]+=*$/)
    const result = { role: 'tool', tool_call_id: call.id, content: 'sunny' }
    const second = await gateway.chat({ ...ask, messages: [user('alpha'), message, result] })
    expect((await second.json()).choices[0].message.content).toContain('sunny')
  })

  it.each(['status=503', 'cut=0'])('falls back to another dialect after %s', async (trouble) => {
    const answer = await gateway.chat(
      { ...hello, stream: trouble === 'cut=0' },
      { headers: { 'x-fallback': 'yes', 'x-simulate': `${trouble},only=vertex` } },
    )
    const text = await answer.text()
    expect([answer.status, text]).toEqual([200, expect.stringContaining('chatcmpl-')])
  })

  it('says what went wrong in a stream that breaks off', async () => {
    const stream = await gateway.chat(
      { ...hello, stream: true },
      { headers: { 'x-simulate': 'cut=3' } },
    )
    const events = (await stream.text()).split('\n\n')
    expect(events.at(-3)).toContain('"error":')
    expect(events.slice(-2)).toEqual(['data: [DONE]', ''])
  })
})

describe('embeddings', () => {
  const embed = (body: unknown, parts = gatewayTo(), headers = {}) =>
    parts.gateway.chat(body, { path: '/v1/embeddings', headers })

  it('are asked for one by one where the model takes one at a time, in their order', async () => {
    const parts = gatewayTo()
    const input = Array.from({ length: 30 }, (_, index) => `text ${index}`)
    const asked = { model: 'gemini-embedding-001', dimensions: 4 }
    const answer = await embed({ ...asked, input }, parts)
    const { data, usage } = await answer.json()
    expect(parts.calls()).toHaveLength(30)
    expect(data.map(({ index }: { index: number }) => index)).toEqual(input.map((_, at) => at))
    const alone = await (await embed({ ...asked, input: 'text 17' })).json()
    expect(data[17].embedding).toEqual(alone.data[0].embedding)
    expect(usage.prompt_tokens).toBe(input.length * alone.usage.prompt_tokens)
  })

  it('fail as a whole when one of them does, and ask no further', async () => {
    let asked = 0
    const parts = gatewayTo(async (url, init) => {
      if (!url.endsWith('/token') && ++asked === 5) {
        return Response.json(
          { error: { code: 429, message: 'Quota', status: 'RESOURCE_EXHAUSTED' } },
          { status: 429 },
        )
      }
      return instant(url, init)
    })
    const input = Array.from({ length: 100 }, (_, index) => `text ${index}`)
    const answer = await embed({ model: 'gemini-embedding-2-preview', input }, parts)
    expect(answer.status).toBe(429)
    expect(await errorOf(answer)).toMatchObject({ type: 'RESOURCE_EXHAUSTED', message: 'Quota' })
    expect(asked).toBeLessThan(20)
  })

  it('are too large where all of them together are, and no more are asked for', async () => {
    let asked = 0
    // More than a twentieth of what one answer may take.
    const large = new Uint8Array(maxAnswerBytes / 20 + 1)
    const parts = gatewayTo(async (url, init) => {
      if (url.endsWith('/token')) return instant(url, init)
      asked++
      return Object.assign(new Response(), { collect: async () => large })
    })
    const input = Array.from({ length: 100 }, (_, index) => `text ${index}`)
    const answer = await embed({ model: 'gemini-embedding-2-preview', input }, parts)
    expect(answer.status).toBe(502)
    expect((await errorOf(answer)).message).toBe('the answer of the provider is too large')
    expect(asked).toBeGreaterThanOrEqual(20)
    expect(asked).toBeLessThan(40)
  })

  it('come in base64 where that is asked for', async () => {
    const ask = { model: 'text-embedding-005', input: 'a', dimensions: 2 }
    const floats = (await (await embed(ask)).json()).data[0].embedding
    const coded = (await (await embed({ ...ask, encoding_format: 'base64' })).json()).data[0]
    const bytes = Buffer.from(coded.embedding, 'base64')
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual(floats)
  })

  it('fall back to OpenAI with the original request', async () => {
    const answer = await embed({ model: 'text-embedding-005', input: 'a' }, gatewayTo(), {
      'x-fallback': 'yes',
      'x-simulate': 'status=503,only=vertex',
    })
    expect((await answer.json()).data[0].embedding).toHaveLength(1536)
  })
})

describe('images', () => {
  const filtered = { candidates: [{ finishReason: 'IMAGE_SAFETY' }] }
  const refusing = (type: string, body: string) =>
    gatewayTo(async (url, init) =>
      url.endsWith('/token')
        ? instant(url, init)
        : new Response(body, { headers: { 'content-type': type } }),
    )

  it.each([
    ['whole', refusing('application/json', JSON.stringify(filtered)), {}],
    [
      'streamed',
      refusing('text/event-stream', `data: ${JSON.stringify(filtered)}\n\n`),
      { stream: true },
    ],
  ])('that are held back are refused as OpenAI does, %s', async (_, { gateway }, more) => {
    const body = { model: 'gemini-2.5-flash-image', prompt: 'a fox', ...more }
    const answer = await gateway.chat(body, { path: '/v1/images/generations' })
    expect(answer.status).toBe(400)
    expect(await errorOf(answer)).toEqual({
      type: 'image_generation_user_error',
      code: 'moderation_blocked',
      message: 'Your request was rejected by the safety system: IMAGE_SAFETY',
    })
  })

  it('fall back to OpenAI with the original form', async () => {
    const { gateway, calls } = gatewayTo()
    const form = new FormData()
    const webp = new Uint8Array([...'RIFF0000WEBP'].map((char) => char.charCodeAt(0)))
    form.set('image', new File([webp], 'a.webp', { type: 'image/webp' }))
    form.set('prompt', 'a hat')
    form.set('model', 'gemini-2.5-flash-image')
    const answer = await gateway.fetch(
      new Request('http://localhost:1975/v1/images/edits', {
        method: 'POST',
        body: form,
        headers: { 'x-fallback': 'yes', 'x-simulate': 'status=503,only=vertex' },
      }),
    )
    expect(answer.status).toBe(200)
    expect((await answer.json()).data).toHaveLength(1)
    expect(calls().map(({ url }) => new URL(url).pathname)).toEqual([
      expect.stringMatching(/:generateContent$/),
      '/v1/images/edits',
    ])
    expect(calls()[1]?.headers['content-type']).toMatch(/^multipart\/form-data/)
  })
})
