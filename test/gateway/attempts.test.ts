import { describe, expect, it } from 'vitest'
import type { BackendSpec } from '../../src/config/config.ts'
import { GatewayError } from '../../src/errors.ts'
import { errorOf, hello, helloStream, testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { apiKey, backend, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  silence,
  stream,
} from '../support/scripted-provider.ts'

const good = json(completion('Hello'))
const goodStream = stream({ chunks: chatChunks(['Hel', 'lo']) })
const status = (code: number, headers?: Record<string, string>) =>
  json({ error: { message: `told ${code}` } }, code, headers)
const refused: Answer = () => {
  throw new TypeError('fetch failed')
}
const broken =
  (kind: 'upstream-reset' | 'upstream-protocol'): Answer =>
  () => {
    throw new GatewayError(kind, `made up ${kind}`)
  }

const everything = ['connect-failure', 'reset', 'gateway-error', '5xx', 'retriable-status-codes']

function twoPriorities(
  answers: readonly Answer[],
  retry: Parameters<typeof retryOn>[1] | false = {},
  triggers: readonly string[] = everything,
  more: Parameters<typeof rule>[2] = {},
) {
  const provider = scriptedProvider(...answers)
  const run = testGateway({
    config: gatewaySpec(
      [
        backend('first', {
          auth: apiKey('key-1'),
          headerMutation: { set: [{ name: 'x-own', value: 'first' }], remove: [] },
          bodyMutation: { set: [{ path: 'temperature', value: '0.5' }], remove: [] },
        }),
        backend('second', { schema: { name: 'OpenAI', prefix: '/api' }, auth: apiKey('key-2') }),
      ],
      [
        rule([], [ref('first', { modelNameOverride: 'renamed' }), ref('second', { priority: 1 })], {
          ...(retry === false
            ? {}
            : { retry: retryOn(triggers, { numAttemptsPerPriority: 1, ...retry }) }),
          ...more,
        }),
      ],
    ),
    fetch: provider.fetch,
  })
  return { ...run, provider, hosts: () => provider.seen.map(({ url }) => url.hostname) }
}

describe('without a retry policy', () => {
  it('makes one attempt, at the first priority, whose failure is the answer', async () => {
    const run = twoPriorities([status(503)], false)
    const response = await run.chat(hello)
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ error: { message: 'told 503' } })
    expect(run.hosts()).toEqual(['first.test'])
  })
})

describe('fallback', () => {
  it.each([
    ['a status', status(500)],
    ['503', status(503)],
    ['a refused connection', refused],
    ['a reset', broken('upstream-reset')],
    ['garbage in place of a head', broken('upstream-protocol')],
  ])('serves from the next priority after %s, from the untouched original', async (_, failure) => {
    const run = twoPriorities([failure, good])
    const response = await run.chat(hello)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(completion('Hello'))
    const [first, second] = run.provider.seen
    expect(JSON.parse(first?.text ?? '')).toEqual({ ...hello, model: 'renamed', temperature: 0.5 })
    expect(first?.headers['x-own']).toBe('first')
    expect(first?.headers['authorization']).toBe('Bearer key-1')
    expect(second?.url.pathname).toBe('/api/chat/completions')
    expect(second?.text).toBe(JSON.stringify(hello))
    expect(second?.headers['x-own']).toBeUndefined()
    expect(second?.headers['authorization']).toBe('Bearer key-2')
  })

  it('gives the last answer where all fail, and counts every attempt', async () => {
    const run = twoPriorities([status(500), status(503), status(502)], { numRetries: 2 })
    const response = await run.chat(hello)
    expect(response.status).toBe(502)
    expect(run.hosts()).toEqual(['first.test', 'second.test', 'first.test'])
    expect(run.ended).toHaveLength(1)
    expect(run.ended[0]?.attempts.map((attempt) => attempt.status)).toEqual([500, 503, 502])
  })

  it('retries 429 only where it is listed', async () => {
    const unlisted = twoPriorities([status(429), good])
    expect((await unlisted.chat(hello)).status).toBe(429)
    const listed = twoPriorities([status(429), good], { httpStatusCodes: [429] })
    expect((await listed.chat(hello)).status).toBe(200)
  })

  it('moves on at once after 429 where there is another priority', async () => {
    const run = twoPriorities([status(429, { 'retry-after': '30' }), good], {
      httpStatusCodes: [429],
      numAttemptsPerPriority: 3,
    })
    expect((await run.chat(hello)).status).toBe(200)
    expect(run.hosts()).toEqual(['first.test', 'second.test'])
  })

  it('retries an answer that breaks off in its body, for the client has seen none of it', async () => {
    const cut: Answer = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"id":'))
            controller.error(new GatewayError('upstream-reset', 'broke off'))
          },
        }),
        { headers: { 'content-type': 'application/json' } },
      )
    const run = twoPriorities([cut, good])
    expect((await run.chat(hello)).status).toBe(200)
    expect(run.hosts()).toEqual(['first.test', 'second.test'])
  })

  it('passes over a backend without a credential, with no policy and no call', async () => {
    const provider = scriptedProvider(good)
    const run = testGateway({
      config: gatewaySpec(
        [backend('keyless', { auth: { type: 'APIKey', missing: 'set X' } }), backend('other')],
        [rule([], [ref('keyless'), ref('other', { priority: 1 })])],
      ),
      fetch: provider.fetch,
    })
    expect((await run.chat(hello)).status).toBe(200)
    expect(provider.seen.map(({ url }) => url.hostname)).toEqual(['other.test'])
  })

  it('passes over a backend whose credential cannot be had, and says so where it is the only one', async () => {
    const aws = backend('aws', { auth: { type: 'AWSCredentials', region: 'eu-west-1' } })
    const ask = (...backends: readonly BackendSpec[]) => {
      const run = testGateway({
        config: gatewaySpec(
          [aws, ...backends],
          [rule([], [ref('aws'), ...backends.map(() => ref('other', { priority: 1 }))])],
        ),
        fetch: scriptedProvider(good).fetch,
        awsDefaultChain: () => Promise.reject(new Error('planted-secret')),
      })
      return run.chat(hello)
    }
    expect((await ask(backend('other'))).status).toBe(200)
    const alone = await ask()
    expect([alone.status, alone.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await alone.text()).not.toContain('planted-secret')
  })

  it('passes over a backend whose schema cannot serve the endpoint', async () => {
    const provider = scriptedProvider(good)
    const run = testGateway({
      config: gatewaySpec(
        [backend('rerank', { schema: { name: 'Cohere' } }), backend('other')],
        [rule([], [ref('rerank'), ref('other', { priority: 1 })])],
      ),
      fetch: provider.fetch,
    })
    expect((await run.chat(hello)).status).toBe(200)
    expect(provider.seen).toHaveLength(1)
  })
})

describe('the wait between attempts', () => {
  // random() is 0 in these tests, so the wait comes from retry-after alone.
  const waiting = (...answers: readonly Answer[]) => {
    const provider = scriptedProvider(...answers)
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
    return { ...run, provider }
  }

  it('passes before the retry', async () => {
    const run = waiting(status(429, { 'retry-after': '2' }), good)
    const answer = run.chat(hello)
    await run.clock.advance(1999)
    expect(run.ended).toHaveLength(0)
    await run.clock.advance(1)
    expect((await answer).status).toBe(200)
  })

  it('ends when the client goes, and nobody is asked for a client who has gone', async () => {
    const run = waiting(status(429, { 'retry-after': '2' }), good)
    const leave = new AbortController()
    const gone = run.chat(hello, { signal: leave.signal })
    await settle()
    leave.abort()
    await gone
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(run.provider.seen).toHaveLength(1)
    expect(run.clock.pending()).toBe(0)
  })

  it('is not begun where the time of the request would not outlast it', async () => {
    const run = testGateway({
      config: gatewaySpec(
        [backend('only')],
        [
          rule([], [ref('only')], {
            requestTimeoutMs: 5000,
            retry: retryOn(['retriable-status-codes'], { httpStatusCodes: [429] }),
          }),
        ],
      ),
      fetch: scriptedProvider(status(429, { 'retry-after': '60' }), good).fetch,
    })
    expect((await run.chat(hello)).status).toBe(429)
  })
})

describe('timeouts', () => {
  it('answers 504 when the time of the request is over, and cancels the provider', async () => {
    const run = twoPriorities([silence], false, [], { requestTimeoutMs: 60_000 })
    const answer = run.chat(hello)
    await run.clock.advance(59_999)
    expect(run.ended).toHaveLength(0)
    await run.clock.advance(1)
    const response = await answer
    expect(response.status).toBe(504)
    expect(await errorOf(response)).toEqual({
      type: 'OpenAIBackendError',
      code: '504',
      message: 'upstream request timeout',
    })
    expect(run.provider.seen[0]?.init.signal.aborted).toBe(true)
  })

  it('covers all attempts together', async () => {
    const run = twoPriorities([silence], { perRetryTimeoutMs: 40_000 }, everything, {
      requestTimeoutMs: 60_000,
    })
    const answer = run.chat(hello)
    await run.clock.advance(60_000)
    expect((await answer).status).toBe(504)
    expect(run.hosts()).toEqual(['first.test', 'second.test'])
  })

  it('limits the silence between two pieces of a unary answer, not the whole of it', async () => {
    const slow: Answer = () => {
      const bytes = new TextEncoder().encode(JSON.stringify(completion('Hello')))
      let at = 0
      return new Response(
        new ReadableStream({
          async pull(controller) {
            await new Promise<void>((resolve) => run.clock.schedule(resolve, 4000))
            if (at >= bytes.length) return controller.close()
            controller.enqueue(bytes.slice(at, at + 80))
            at += 80
          },
        }),
        { headers: { 'content-type': 'application/json' } },
      )
    }
    const run = twoPriorities([slow], false, [], { streamIdleTimeoutMs: 5000 })
    const answer = run.chat(hello)
    await run.clock.advance(30_000)
    expect((await answer).status).toBe(200)
  })

  it('moves on after the time of one attempt', async () => {
    const run = twoPriorities([silence, good], { perRetryTimeoutMs: 5000 })
    const answer = run.chat(hello)
    await run.clock.advance(5000)
    expect((await answer).status).toBe(200)
  })

  it('takes silence before the first byte for a reset', async () => {
    const run = twoPriorities([silence, good], {}, ['reset'], { streamIdleTimeoutMs: 5000 })
    const answer = run.chat(hello)
    await run.clock.advance(5000)
    expect((await answer).status).toBe(200)
  })

  it('gives the status of an error whose body stays away', async () => {
    const refusal = stream({ chunks: ['{"err'], end: 'stall', contentType: 'application/json' })
    const run = twoPriorities(
      [async (seen) => new Response((await refusal(seen)).body, { status: 503 })],
      false,
      [],
      { streamIdleTimeoutMs: 5000 },
    )
    const answer = run.chat(hello)
    await run.clock.advance(5000)
    expect((await answer).status).toBe(503)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
    expect(run.clock.pending()).toBe(0)
  })

  it('is off where the request has no limit', async () => {
    const provider = scriptedProvider(silence)
    const { requestTimeoutMs: _, ...unlimited } = rule([], [ref('only')])
    const run = testGateway({
      config: gatewaySpec([backend('only')], [unlimited]),
      fetch: provider.fetch,
    })
    void run.chat(hello)
    await run.clock.advance(100 * 3600_000)
    expect(run.ended).toHaveLength(0)
  })
})

describe('silence towards a client', () => {
  /** `listener` and `rule` are limits in milliseconds. */
  function limited(
    { listener, rule: own }: { readonly listener?: number; readonly rule?: number },
    ...answers: readonly Answer[]
  ) {
    const client = {
      maxRequestBytes: 1000,
      ...(listener === undefined ? {} : { streamIdleTimeoutMs: listener }),
    }
    const { requestTimeoutMs: _, ...unlimited } = rule([], [ref('one')], {
      retry: retryOn(everything),
      ...(own === undefined ? {} : { clientIdleTimeoutMs: own }),
    })
    const provider = scriptedProvider(...answers)
    const run = testGateway({
      config: gatewaySpec([backend('one')], [unlimited], {
        listeners: [{ name: 'http', port: 1975, client }],
      }),
      fetch: provider.fetch,
    })
    return { ...run, provider }
  }

  it.each([{ listener: 5000 }, { rule: 5000 }, { listener: 1000, rule: 5000 }])(
    'ends a request, which is not tried again: %j',
    async (limits) => {
      const run = limited(limits, silence, good)
      const answer = run.chat(hello)
      await run.clock.advance(4999)
      expect(run.ended).toHaveLength(0)
      await run.clock.advance(1)
      expect((await answer).status).toBe(504)
      expect((await errorOf(await answer)).message).toBe('stream timeout')
      expect(run.provider.seen).toHaveLength(1)
      expect(run.provider.seen[0]?.init.signal.aborted).toBe(true)
      expect(run.clock.pending()).toBe(0)
    },
  )

  it('ends a stream in its middle, and says so', async () => {
    const begun = chatChunks(['Hel']).slice(0, 2)
    const run = limited({ listener: 5000 }, stream({ chunks: begun, end: 'stall' }))
    const text = (await run.chat(helloStream)).text()
    await run.clock.advance(5000)
    expect(await text).toContain('stream timeout')
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('is broken by each piece that comes', async () => {
    const chunks = chatChunks(['a', 'b', 'c'])
    const slow: Answer = () =>
      new Response(
        new ReadableStream<Uint8Array>(
          {
            async pull(controller) {
              await new Promise<void>((resolve) => run.clock.schedule(resolve, 4000))
              const chunk = chunks.shift()
              if (chunk === undefined) controller.close()
              else controller.enqueue(new TextEncoder().encode(chunk))
            },
          },
          { highWaterMark: 0 },
        ),
        { headers: { 'content-type': 'text/event-stream' } },
      )
    const run = limited({ listener: 5000 }, slow)
    const text = run.chat(helloStream).then((response) => response.text())
    await run.clock.advance(60_000)
    expect(await text).toContain('[DONE]')
    expect(run.clock.pending()).toBe(0)
  })

  it.each([{}, { listener: 5000, rule: 0 }])('has no limit with %j', async (limits) => {
    const run = limited(limits, silence)
    void run.chat(hello)
    await run.clock.advance(100 * 3600_000)
    expect(run.ended).toHaveLength(0)
  })
})

describe('a stream that fails before its first content', () => {
  const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
  const role = chatChunks([])[0] ?? ''

  it.each([
    ['resets', stream({ chunks: [role], end: 'reset' })],
    ['ends at once', stream({ chunks: [] })],
    ['ends inside an event', stream({ chunks: [role, 'data: {"id'] })],
    ['ends without its last event', stream({ chunks: [role] })],
    ['tells an error', stream({ chunks: [event({ error: { message: 'busy', code: 503 } })] })],
    ['is an error in JSON with status 200', json({ error: { message: 'busy', code: 503 } })],
    ['is no JSON though it says so', json('<html>')],
  ])('costs the client nothing when it %s', async (_, failure) => {
    const run = twoPriorities([failure, goodStream])
    const response = await run.chat(helloStream)
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(chatChunks(['Hel', 'lo']).join(''))
    expect(run.hosts()).toEqual(['first.test', 'second.test'])
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
    expect(run.ended[0]?.usage).toEqual({ input: 5, output: 2, total: 7 })
  })

  it('becomes a real status where nobody else can be asked', async () => {
    const busy = stream({
      chunks: [
        event({ error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } }),
      ],
    })
    const run = twoPriorities([busy], false)
    const response = await run.chat(helloStream)
    expect(response.status).toBe(429)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect((await errorOf(response)).message).toBe('slow down')
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  const page: Answer = () =>
    new Response('<html>\n\n</html>', { headers: { 'content-type': 'text/html; charset=utf-8' } })

  it.each([
    ['half of a JSON text', json('{"id":"x'), 'the provider sent an answer that is not JSON'],
    ['no text at all', json(''), 'the provider sent an answer that is not JSON'],
    ['a page', page, 'the provider sent an HTML page, not a stream'],
  ])('is a plain 502 where the answer is %s', async (_, failure, message) => {
    const run = twoPriorities([failure], false)
    const response = await run.chat(helloStream)
    expect(response.status).toBe(502)
    expect(response.headers.get('x-aigw-error')).toBe('upstream_protocol')
    const { type, code, ...rest } = await errorOf(response)
    expect({ type, code, message: rest.message }).toEqual({
      type: 'OpenAIBackendError',
      code: '502',
      message,
    })
  })

  it('is asked of the next where it is a page', async () => {
    const run = twoPriorities([page, goodStream])
    expect(await (await run.chat(helloStream)).text()).toBe(chatChunks(['Hel', 'lo']).join(''))
  })

  it('keeps the provider waiting no longer than a second for its status', async () => {
    const run = twoPriorities([stream({ chunks: [role], end: 'stall' })])
    const answer = run.chat(helloStream)
    let answered = false
    void answer.then(() => {
      answered = true
    })
    await run.clock.advance(999)
    expect(answered).toBe(false)
    await run.clock.advance(1)
    expect((await answer).status).toBe(200)
  })

  it('is told like any other failure once that second has passed', async () => {
    const run = twoPriorities(
      [stream({ chunks: [role], end: 'stall' }), goodStream],
      {},
      everything,
      { streamIdleTimeoutMs: 5000 },
    )
    const answer = run.chat(helloStream)
    await run.clock.advance(1000)
    const text = (await answer).text()
    await run.clock.advance(4000)
    expect(await text).toContain('"code":"stream_idle_timeout"')
    expect(run.hosts()).toEqual(['first.test'])
  })

  it('moves on when it is silent for too long within that second', async () => {
    const run = twoPriorities(
      [stream({ chunks: [role], end: 'stall' }), goodStream],
      {},
      ['reset'],
      {
        streamIdleTimeoutMs: 500,
      },
    )
    const answer = run.chat(helloStream)
    await run.clock.advance(500)
    expect(await (await answer).text()).toBe(chatChunks(['Hel', 'lo']).join(''))
  })
})

describe('a stream that is answered with 200 and an error in JSON', () => {
  const ask = async (error: unknown, schema: BackendSpec['schema'] = { name: 'OpenAI' }) => {
    const run = testGateway({
      config: gatewaySpec([backend('one', { schema })], [rule([], [ref('one')])]),
      fetch: scriptedProvider(json(error)).fetch,
    })
    return run.chat(helloStream)
  }

  it.each([
    [{ error: { message: 'busy', code: 503 } }, 503],
    [{ error: { message: 'busy', code: '503' } }, 503],
    [{ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, 429],
    [{ error: { message: 'slow down', type: 'requests', code: null } }, 429],
    [{ error: { message: 'which key', type: 'authentication_error' } }, 401],
    [{ error: 'busy', status: 503 }, 503],
    [{ error: 'no status at all' }, 502],
    [{ error: { message: 'no error', code: 200 } }, 502],
  ])('gets the status that it stands for: %j', async (error, status) => {
    const response = await ask(error)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual(error)
  })

  it("gets what the provider's own words stand for", async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'too many' } }
    const claude = await ask(overloaded, { name: 'AWSAnthropic' })
    expect(claude.status).toBe(529)
    expect(await errorOf(claude)).toMatchObject({ type: 'overloaded_error', message: 'too many' })
    expect(claude.headers.get('x-aigw-error')).toBe('upstream_protocol')
    const throttled = { Output: { __type: 'ThrottlingException' }, message: 'x' }
    expect((await ask(throttled, { name: 'AWSBedrock' })).status).toBe(429)
    // Not in its own words, but plain enough.
    const foreign = await ask({ error: { message: 'no luck', code: 429 } }, { name: 'AWSBedrock' })
    expect(foreign.status).toBe(429)
    expect(await foreign.text()).toContain('no luck')
    const nothing = await ask({ hello: 'world' }, { name: 'AWSBedrock' })
    expect(nothing.status).toBe(502)
  })
})

it('takes an error in place of a stream for its status when it comes to trying again', async () => {
  const slow = { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } }
  const run = testGateway({
    config: gatewaySpec(
      [backend('claude', { schema: { name: 'AWSAnthropic' } }), backend('other')],
      [
        rule([], [ref('claude'), ref('other', { priority: 1 })], {
          retry: retryOn(['retriable-status-codes'], {
            httpStatusCodes: [429],
            numAttemptsPerPriority: 1,
          }),
        }),
      ],
    ),
    fetch: scriptedProvider(json(slow), goodStream).fetch,
  })
  expect(await (await run.chat(helloStream)).text()).toBe(chatChunks(['Hel', 'lo']).join(''))
})

describe('a credential that has to be fetched', () => {
  const waiting = () => {
    const provider = scriptedProvider(good)
    const run = testGateway({
      config: gatewaySpec(
        [backend('aws', { auth: { type: 'AWSCredentials', region: 'eu-west-1' } })],
        [rule([], [ref('aws')])],
      ),
      fetch: provider.fetch,
      awsDefaultChain: () => new Promise(() => {}),
    })
    return { ...run, provider }
  }

  it('is not waited for beyond the time of the request', async () => {
    const run = waiting()
    const answer = run.chat(hello)
    await run.clock.advance(60_000)
    expect((await answer).status).toBe(504)
    expect(run.provider.seen).toEqual([])
  })

  it('is not waited for after the client has gone', async () => {
    const run = waiting()
    const leave = new AbortController()
    const answer = run.chat(hello, { signal: leave.signal })
    await settle()
    leave.abort()
    await answer
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(run.clock.pending()).toBe(0)
  })
})

describe('a stream that fails later', () => {
  const chunks = chatChunks(['Hel', 'lo'])
  const begun = chunks.slice(0, 2)

  it.each([
    ['resets', 'reset'],
    ['ends without its last event', 'proper'],
  ] as const)('ends with an error event when it %s, is never retried', async (_, end) => {
    const run = twoPriorities([stream({ chunks: begun, end }), goodStream])
    const response = await run.chat(helloStream)
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text.startsWith(begun.join(''))).toBe(true)
    const tail = text.slice(begun.join('').length)
    expect(tail).toMatch(/^data: \{"error":\{.*\}\}\n\n$/)
    expect(text).not.toContain('[DONE]')
    expect(text).not.toContain('"finish_reason":"')
    expect(run.hosts()).toEqual(['first.test'])
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('names the silence that ended it', async () => {
    let cancelled = 0
    const stalled = stream({ chunks: begun, end: 'stall', onCancel: () => cancelled++ })
    const run = twoPriorities([stalled], {}, everything, { streamIdleTimeoutMs: 5000 })
    const response = await run.chat(helloStream)
    const text = response.text()
    await run.clock.advance(5000)
    expect(await text).toContain('"code":"stream_idle_timeout"')
    expect(cancelled).toBeGreaterThan(0)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('is cut when the time of the request is over, and says so', async () => {
    const stalled = stream({ chunks: begun, end: 'stall' })
    const run = twoPriorities([stalled], {}, everything, { requestTimeoutMs: 60_000 })
    const response = await run.chat(helloStream)
    const text = response.text()
    await run.clock.advance(60_000)
    expect(await text).toContain('upstream request timeout')
  })

  it("passes on the provider's own error event as it came, and adds nothing", async () => {
    const own = 'data: {"error":{"message":"mine","type":"server_error"}}\n\n'
    const run = twoPriorities([stream({ chunks: [...begun, own] })])
    const text = await (await run.chat(helloStream)).text()
    expect(text).toBe(begun.join('') + own)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })
})

describe('a client that leaves', () => {
  it('cancels the provider before the head, and settles once', async () => {
    const leave = new AbortController()
    const run = twoPriorities([silence])
    const answer = run.chat(hello, { signal: leave.signal })
    await settle()
    leave.abort()
    expect(run.provider.seen[0]?.init.signal.aborted).toBe(true)
    await answer
    expect(run.ended.map(({ outcome, status }) => [outcome, status])).toEqual([['client-gone', 0]])
    expect(run.hosts()).toHaveLength(1)
  })

  it('cancels the provider while its unary answer comes', async () => {
    const leave = new AbortController()
    let cancelled = 0
    const slow = stream({
      chunks: ['{"id":'],
      end: 'stall',
      contentType: 'application/json',
      onCancel: () => cancelled++,
    })
    const run = twoPriorities([slow])
    const answer = run.chat(hello, { signal: leave.signal })
    await settle()
    leave.abort()
    await answer
    expect(cancelled).toBe(1)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })

  it('cancels the provider in mid-stream within one turn, and settles what was counted', async () => {
    let cancelled = 0
    const chunks = chatChunks(['Hel'])
    const slow = stream({ chunks: chunks.slice(0, 2), end: 'stall', onCancel: () => cancelled++ })
    const run = twoPriorities([slow])
    const response = await run.chat(helloStream)
    const reader = response.body?.getReader()
    await reader?.read()
    await reader?.cancel()
    expect(cancelled).toBe(1)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })

  it('cancels the provider while its status is held', async () => {
    const leave = new AbortController()
    let cancelled = 0
    const run = twoPriorities([
      stream({ chunks: [chatChunks([])[0] ?? ''], end: 'stall', onCancel: () => cancelled++ }),
    ])
    const answer = run.chat(helloStream, { signal: leave.signal })
    await settle()
    leave.abort()
    await answer
    expect(cancelled).toBeGreaterThan(0)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(run.hosts()).toHaveLength(1)
  })

  it('is told apart from the error whose body was still to come', async () => {
    const leave = new AbortController()
    const refusal: Answer = ({ init: { signal } }) =>
      new Response(
        new ReadableStream({
          start: (controller) =>
            signal.addEventListener('abort', () => controller.error(signal.reason), { once: true }),
        }),
        { status: 404 },
      )
    const run = twoPriorities([refusal])
    const answer = run.chat(hello, { signal: leave.signal })
    await settle()
    leave.abort()
    await answer
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })

  it('finds nothing to cancel at the end', async () => {
    let cancelled = 0
    const run = twoPriorities([
      stream({ chunks: chatChunks(['Hel']), onCancel: () => cancelled++ }),
    ])
    const response = await run.chat(helloStream)
    // The time of the request alone.
    expect(run.clock.pending()).toBe(1)
    await response.text()
    expect(run.clock.pending()).toBe(0)
    expect(cancelled).toBe(0)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
  })
})
