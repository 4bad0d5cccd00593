// OpenAI, then Gemini, then Bedrock: whatever way the first two fail in, the third answers the original request.
import { describe, expect, it } from 'vitest'
import type { GatewaySpec } from '../../src/config/config.ts'
import type { UpstreamFetch, UpstreamRequest } from '../../src/ports.ts'
import { errorOf, testGateway } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { settle } from '../support/fake-clock.ts'
import { gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { simulatedProviders } from '../support/simulated-providers.ts'
import { instant, weatherTool } from '../unit/simulate/support.ts'

const backends = simulatedProviders
  .filter(({ name }) => ['openai', 'gemini', 'bedrock'].includes(name))
  .map(({ spec }) => spec)
const override = (name: string) => {
  const model = simulatedProviders.find((provider) => provider.name === name)?.model
  return model === undefined ? {} : { modelNameOverride: model }
}
const idleMs = 500

const specOf = (names: readonly string[]): GatewaySpec =>
  gatewaySpec(
    backends,
    [
      rule(
        [],
        names.map((name, priority) => ref(name, { priority, ...override(name) })),
        {
          streamIdleTimeoutMs: idleMs,
          retry: retryOn(['5xx', 'reset', 'retriable-status-codes'], {
            numAttemptsPerPriority: 1,
            httpStatusCodes: [429],
          }),
        },
      ),
    ],
    // What is counted makes streams report their usage: the first provider is asked for it in so many words.
    { costs: [{ metadataKey: 'total', type: 'TotalToken' }] },
  )

/** How a provider fails: what the simulator is asked for, or what takes the place of its stream. */
interface Failure {
  readonly name: string
  readonly trouble: string
  readonly body?: string
}

const failures: readonly Failure[] = [
  { name: 'a status', trouble: 'status=500' },
  { name: 'too many requests', trouble: 'status=429,retry-after=30' },
  { name: 'a break before any content', trouble: 'cut=0' },
  { name: 'silence', trouble: 'stall=0' },
  { name: 'garbage', trouble: 'malformed' },
]
/** The simulator's garbage comes after some content; this comes before any. */
const garbage = 'data: {"id":"x","choi\n\n'

interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

function start(names: readonly string[], troubles: Readonly<Record<string, Failure>> = {}) {
  const asked: Asked[] = []
  let silent: AbortSignal | undefined
  const fetch: UpstreamFetch = async (url, init) => {
    if (url.endsWith('/token')) return instant(url, init)
    asked.push({ url, headers: init.headers, text: new TextDecoder().decode(init.body) })
    const failure = troubles[(init.backend ?? '').replace('default/', '')]
    if (failure === undefined) return instant(url, init)
    const response = await instant(url, withTrouble(init, failure.trouble))
    if (failure.name === 'silence') silent = init.signal
    const type = response.headers.get('content-type') ?? ''
    if (failure.name !== 'garbage' || !type.includes('event-stream')) return response
    return new Response(garbage, { headers: { 'content-type': type } })
  }
  const gateway = testGateway({ config: specOf(names), fetch })
  /** Lets time pass while somebody is silent, and at no other time: signing is slow and not to be counted. */
  const ask = async (body: object) => {
    let open = true
    const pending = gateway.chat(body).finally(() => {
      open = false
    })
    while (open) {
      if (silent?.aborted === false) await gateway.clock.advance(idleMs)
      else await settle()
    }
    return pending
  }
  return { ...gateway, asked, ask }
}

function withTrouble(init: UpstreamRequest, trouble: string): UpstreamRequest {
  const { method, body, signal, redirect, backend } = init
  return {
    method,
    headers: init.headers,
    signal,
    trouble,
    redirect,
    ...(body === undefined ? {} : { body }),
    ...(backend === undefined ? {} : { backend }),
  }
}

const request = {
  model: 'smart',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'developer', content: [{ type: 'text', text: 'Speak plainly.' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'what is this, and call alpha?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
      ],
    },
    {
      role: 'assistant',
      content: 'A moment.',
      tool_calls: [
        { id: 'c|1', type: 'function', function: { name: 'alpha', arguments: '{"city":"Oslo"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c|1', content: 'sunny' },
    { role: 'user', content: 'hello there' },
  ],
  tools: [weatherTool('alpha'), weatherTool('beta')],
  temperature: 0.5,
  max_completion_tokens: 200,
  stop: ['END'],
}

/** Headers but for those that belong to a moment. */
const lasting = ({ headers }: Asked) =>
  Object.entries(headers).filter(([name]) => !['authorization', 'x-amz-date'].includes(name))

const pairs = failures.flatMap((first) => failures.map((second) => ({ first, second })))

describe.each(['whole', 'streamed'])('%s', (how) => {
  const body = how === 'whole' ? request : { ...request, stream: true }

  it.each(pairs)(
    'after $first.name at OpenAI and $second.name at Gemini',
    async ({ first, second }) => {
      const alone = start(['bedrock'])
      const expected = await alone.ask(body)
      const expectedText = await expected.text()
      const run = start(['openai', 'gemini', 'bedrock'], { openai: first, gemini: second })
      const answer = await run.ask(body)
      const text = await answer.text()
      await settle()

      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        expected.headers.get('content-type'),
      ])
      const withoutTime = (value: string) => value.replaceAll(/"created":\d+/g, '"created":0')
      expect(withoutTime(text)).toBe(withoutTime(expectedText))
      if (how === 'streamed') expect(checkChatStream(text, { usage: 'required' })).toEqual([])

      expect(run.asked.map(({ url }) => new URL(url).host.replace(/\..*/, ''))).toEqual([
        'api',
        'europe-west4-aiplatform',
        'bedrock-runtime',
      ])
      const [last, lone] = [run.asked.at(-1), alone.asked[0]]
      if (last === undefined || lone === undefined) throw new Error('nobody was asked')
      expect([last.url, last.text]).toEqual([lone.url, lone.text])
      expect(lasting(last)).toEqual(lasting(lone))

      expect(run.ended).toHaveLength(1)
      const [exchange] = run.ended
      expect(exchange?.outcome).toBe('complete')
      expect(exchange?.attempts).toHaveLength(3)
      expect(exchange?.usage).toEqual(alone.ended[0]?.usage)
      expect(exchange?.usage.total).toBeGreaterThan(0)
      expect(run.clock.pending()).toBe(0)
    },
  )
})

it('hands on the failure of the last where all fail', async () => {
  const [down, , cut] = failures
  if (down === undefined || cut === undefined) throw new Error('there are failures')
  const run = start(['openai', 'gemini', 'bedrock'], {
    openai: down,
    gemini: cut,
    bedrock: { name: 'a refusal', trouble: 'status=503' },
  })
  const answer = await run.ask({ ...request, stream: true })
  expect(answer.status).toBe(503)
  expect(await errorOf(answer)).toMatchObject({ type: 'ServiceUnavailableException' })
  expect(run.ended.map(({ outcome, attempts }) => [outcome, attempts.length])).toEqual([
    ['failed', 3],
  ])
})

it('asks nobody else once content has been handed out', async () => {
  const broken = { name: 'a late break', trouble: 'cut=5' }
  const run = start(['openai', 'gemini', 'bedrock'], { openai: broken })
  const answer = await run.ask({ ...request, stream: true })
  const text = await answer.text()
  expect(checkChatStream(text, { ending: 'error' })).toEqual([])
  expect(run.asked).toHaveLength(1)
  expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
})

it('hands out an answer that is no JSON as it came, where nobody else can be asked', async () => {
  const run = start(['openai'], { openai: { name: 'garbage', trouble: 'malformed' } })
  const answer = await run.ask(request)
  const text = await answer.text()
  expect(answer.status).toBe(200)
  expect(text).toContain('"object":"chat.completion"')
  expect(() => JSON.parse(text)).toThrow()
})

it('says what is wrong with an answer that it cannot translate', async () => {
  const run = start(['gemini'], { gemini: { name: 'garbage', trouble: 'malformed' } })
  const answer = await run.ask(request)
  expect(answer.status).toBe(502)
  expect((await errorOf(answer)).message).toMatch(/^Vertex AI sent an answer that is not JSON/)
  expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
})
