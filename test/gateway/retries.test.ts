// What one try leaves to the next: nothing.
import { describe, expect, it } from 'vitest'
import type { BackendSpec, RetrySpec } from '../../src/config/config.ts'
import { hello, helloStream, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  stream,
} from '../support/scripted-provider.ts'

const good = json(completion('Hello'))
const busy = json({ error: { message: 'busy' } }, 503)

function twice(
  answers: readonly Answer[],
  first: Partial<BackendSpec> = {},
  retry: Partial<RetrySpec> = {},
  random = () => 0,
) {
  const provider = scriptedProvider(...answers)
  const run = testGateway({
    config: gatewaySpec(
      [backend('first', first), backend('second')],
      [
        rule([], [ref('first'), ref('second', { priority: 1 })], {
          retry: retryOn(['5xx'], { numAttemptsPerPriority: 1, ...retry }),
        }),
      ],
    ),
    fetch: provider.fetch,
    random,
  })
  return { ...run, provider }
}

it("gives the next backend the client's headers as they came", async () => {
  const run = twice([busy, good], {
    headerMutation: {
      set: [
        { name: 'x-changed', value: 'first' },
        { name: 'x-added', value: 'first' },
      ],
      remove: ['x-removed'],
    },
  })
  await run.chat(hello, { headers: { 'X-Changed': 'client', 'x-removed': 'client' } })
  const [first, second] = run.provider.seen.map(({ headers }) => headers)
  expect(first).toMatchObject({ 'x-changed': 'first', 'x-added': 'first' })
  expect(first).not.toHaveProperty('x-removed')
  expect(second).toMatchObject({ 'x-changed': 'client', 'x-removed': 'client' })
  expect(second).not.toHaveProperty('x-added')
})

it('lets go of an answer that it passes over', async () => {
  let cancelled = 0
  const endless: Answer = () =>
    new Response(new ReadableStream({ cancel: () => void cancelled++ }), { status: 503 })
  const run = twice([endless, good])
  expect((await run.chat(hello)).status).toBe(200)
  expect(cancelled).toBe(1)
})

it('limits the time of a try until it has an answer, not that of the stream', async () => {
  const chunks = chatChunks(['Hello'])
  const slow: Answer = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          const chunk = chunks.shift()
          if (chunk === undefined) return controller.close()
          controller.enqueue(new TextEncoder().encode(chunk))
          if (chunk.includes('Hello')) {
            await new Promise<void>((resolve) => run.clock.schedule(resolve, 20_000))
          }
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    )
  const run = twice([slow], {}, { perRetryTimeoutMs: 5000 })
  const text = run.chat(helloStream).then((response) => response.text())
  await run.clock.advance(20_000)
  expect(await text).toContain('[DONE]')
})

describe('several endpoints of a backend', () => {
  const hosts = ['a', 'b', 'c']
  const ask = async (random: number, answers: readonly Answer[]) => {
    const run = twice(
      answers,
      { endpoints: hosts.map((host) => ({ kind: 'fqdn', host: `${host}.test`, port: 80 })) },
      { numAttemptsPerPriority: 9, numRetries: 3 },
      () => random,
    )
    const answer = run.chat(hello)
    await run.clock.advance(0)
    await answer
    return run.provider.seen.map(({ url }) => url.host.slice(0, 1)).join('')
  }

  it('share the requests', async () => {
    expect(await ask(0, [good])).toBe('a')
    expect(await ask(0.5, [good])).toBe('b')
    expect(await ask(0.99, [good])).toBe('c')
  })

  it('are tried in turn', async () => {
    expect(await ask(0, [busy])).toBe('abca')
    expect(await ask(0.5, [busy])).toBe('bcab')
  })
})

describe('token counts', () => {
  const usage = (value: object) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: value })}\n\n`

  it('are those of the answer alone, whatever a failed try has counted', async () => {
    const counted = stream({
      chunks: [
        usage({
          prompt_tokens: 900,
          completion_tokens: 90,
          total_tokens: 990,
          prompt_tokens_details: { cached_tokens: 800 },
        }),
      ],
      end: 'reset',
    })
    const run = twice([counted, stream({ chunks: chatChunks(['Hello']) })])
    await (await run.chat(helloStream)).text()
    expect(run.provider.seen).toHaveLength(2)
    expect(run.ended.map((exchange) => exchange.usage)).toEqual([{ input: 5, output: 2, total: 7 }])
    expect(run.ended.map(({ attempts }) => attempts.length)).toEqual([2])
  })

  it('are those of a whole answer', async () => {
    const run = twice([busy, good])
    await run.chat(hello)
    expect(run.ended.map((exchange) => [exchange.usage, exchange.responseModel])).toEqual([
      [{ input: 5, output: 2, total: 7 }, 'm-2026'],
    ])
  })

  it('are none where all tries have failed', async () => {
    const run = twice([busy])
    await run.chat(hello)
    expect(run.ended.map((exchange) => exchange.usage)).toEqual([{}])
  })
})

describe('the wait before a retry', () => {
  it('is random below a range that grows, up to its cap', async () => {
    const run = twice(
      [busy, busy, busy, good],
      {},
      { numRetries: 3, backOffBaseMs: 100, backOffMaxMs: 200 },
      () => 0.5,
    )
    const answer = run.chat(hello)
    await run.clock.advance(49)
    expect(run.provider.seen).toHaveLength(1)
    await run.clock.advance(1)
    expect(run.provider.seen).toHaveLength(2)
    await run.clock.advance(149)
    expect(run.provider.seen).toHaveLength(2)
    await run.clock.advance(1)
    expect(run.provider.seen).toHaveLength(3)
    await run.clock.advance(199)
    expect(run.provider.seen).toHaveLength(3)
    await run.clock.advance(1)
    expect((await answer).status).toBe(200)
  })

  it.each([
    ['in seconds is waited for', '2', 2000],
    ['as a date is passed over', 'Wed, 21 Oct 2099 07:28:00 GMT', 0],
    ['of nonsense is passed over', '-5', 0],
  ])('after 429 with retry-after %s', async (_, value, ms) => {
    const slow = json({ error: { message: 'slow down' } }, 429, { 'retry-after': value })
    const provider = scriptedProvider(slow, good)
    const run = testGateway({
      config: gatewaySpec(
        [backend('only')],
        [
          rule([], [ref('only')], {
            retry: retryOn(['retriable-status-codes'], { httpStatusCodes: [429] }),
          }),
        ],
      ),
      fetch: provider.fetch,
    })
    const answer = run.chat(hello)
    await run.clock.advance(Math.max(0, ms - 1))
    expect(provider.seen).toHaveLength(ms === 0 ? 2 : 1)
    await run.clock.advance(1)
    expect((await answer).status).toBe(200)
  })
})

describe('a form', () => {
  it('is never changed by a body mutation', async () => {
    const provider = scriptedProvider(json({ text: 'Hello' }))
    const run = testGateway({
      config: gatewaySpec(
        [
          backend('one', {
            bodyMutation: { set: [{ path: 'language', value: 'de' }], remove: ['model'] },
          }),
        ],
        [rule([], [ref('one')])],
      ),
      fetch: provider.fetch,
    })
    const part = (name: string, value: string, more = '') =>
      `--b\r\ncontent-disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
    const text = `${part('model', 'm')}${part('file', '{"model":"x"}\xff', '; filename="a.wav"')}--b--\r\n`
    // Bytes that are no text.
    const body = Uint8Array.from(text, (char) => char.charCodeAt(0))
    const response = await run.fetch(
      new Request('http://localhost/v1/audio/transcriptions', {
        method: 'POST',
        body,
        headers: { 'content-type': 'Multipart/Form-Data; boundary=b' },
      }),
    )
    expect(response.status).toBe(200)
    expect(provider.seen[0]?.init.body).toEqual(body)
  })
})
