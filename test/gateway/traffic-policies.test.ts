// What a traffic policy asks for, as a client and the providers see it.
import { describe, expect, it } from 'vitest'
import type { BackendRefSpec, OutlierSpec, RuleSpec } from '../../src/config/config.ts'
import { errorOf, hello, helloStream, testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  type Seen,
  silence,
  stream,
} from '../support/scripted-provider.ts'

const good = json(completion('Hello'))
const busy = json({ error: { message: 'busy' } }, 503)
const broken: Answer = () => Promise.reject(new Error('refused'))

/** A stream that has begun, and ends when the test says so. */
function openStream() {
  const [first = '', ...rest] = chatChunks(['Hello'])
  const encoder = new TextEncoder()
  let end = () => {}
  const answer: Answer = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(encoder.encode(first + rest[0]))
          end = () => {
            for (const chunk of rest.slice(1)) controller.enqueue(encoder.encode(chunk))
            controller.close()
          }
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    )
  return { answer, end: () => end() }
}

const several = (...hosts: readonly string[]) => ({
  endpoints: hosts.map((host) => ({ kind: 'fqdn' as const, host: `${host}.test`, port: 80 })),
})

interface Setup {
  readonly rule: Partial<RuleSpec>
  readonly refs?: readonly BackendRefSpec[]
  readonly random?: () => number
}

/** Hosts answer as `answers` has it at the time; the others well. Backend `one` is at a.test and b.test. */
function start({ rule: more, refs = [ref('one')], random = () => 0 }: Setup) {
  const answers = new Map<string, Answer>()
  const asked: string[] = []
  const specOf = (changes: Partial<RuleSpec>) =>
    gatewaySpec(
      [
        backend('one', several('a', 'b')),
        backend('two', several('c')),
        backend('three', several('d')),
      ],
      [rule([], refs, { ...more, ...changes })],
    )
  const run = testGateway({
    config: specOf({}),
    random,
    async fetch(url, init) {
      const seen: Seen = { url: new URL(url), headers: init.headers, text: '', init }
      const host = seen.url.hostname.slice(0, 1)
      asked.push(host)
      init.signal.throwIfAborted()
      return (answers.get(host) ?? good)(seen)
    },
  })
  const statusOf = async (
    body: unknown = hello,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await run.chat(body, { headers })
    await response.text()
    return response.status
  }
  return {
    ...run,
    asked: () => asked.splice(0).join(''),
    /** Until so many requests are with a provider. */
    async reached(count: number) {
      while (asked.length < count) await settle()
    },
    answer: (host: string, answer: Answer) => answers.set(host, answer),
    statusOf,
    reloadWith: (changes: Partial<RuleSpec>) => run.reload(specOf(changes)),
  }
}

const outliers: OutlierSpec = {
  consecutive5xx: 2,
  consecutiveGatewayErrors: 0,
  consecutiveLocalFailures: 5,
  splitLocalOrigin: false,
  intervalMs: 3000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 100,
  alwaysEjectOne: false,
  panicThreshold: 50,
}

describe('passive health checks', () => {
  it.each([
    ['refuses', busy],
    ['cannot be reached', broken],
  ])('leave an endpoint alone that %s, and come back to it', async (_, answer) => {
    const run = start({ rule: { outliers } })
    run.answer('a', answer)
    expect([await run.statusOf(), await run.statusOf()]).toEqual([503, 503])
    expect([await run.statusOf(), await run.statusOf()]).toEqual([200, 200])
    expect(run.asked()).toBe('aabb')
    run.answer('a', good)
    await run.clock.advance(30_000)
    await run.statusOf()
    expect(run.asked()).toBe('a')
    const health = run.logged.filter((line) => line.includes('endpoint'))
    expect(health).toEqual([
      'warn an endpoint failed too often and is left alone {"backend":"default/one","host":"a.test","forMs":30000}',
      'info an endpoint is asked again {"backend":"default/one","host":"a.test"}',
    ])
  })

  it('let a backend go whose endpoints are all ejected, and the next priority take over', async () => {
    const refs = [ref('two'), ref('three', { priority: 1 })]
    const run = start({ rule: { outliers }, refs })
    run.answer('c', busy)
    for (let i = 0; i < 4; i++) await run.statusOf()
    expect(run.asked()).toBe('ccdd')
  })

  it('disregard health where too few are healthy everywhere', async () => {
    const run = start({ rule: { outliers }, refs: [ref('two')] })
    run.answer('c', busy)
    for (let i = 0; i < 4; i++) expect(await run.statusOf()).toBe(503)
    expect(run.asked()).toBe('cccc')
  })

  it('say that nobody is healthy where health is never disregarded', async () => {
    const run = start({
      rule: { outliers: { ...outliers, panicThreshold: 0 } },
      refs: [ref('two')],
    })
    run.answer('c', busy)
    await run.statusOf()
    await run.statusOf()
    const response = await run.chat(hello)
    expect(response.status).toBe(503)
    expect(response.headers.get('x-aigw-error')).toBe('no_healthy_upstream')
    expect(response.headers.get('retry-after')).toBe('30')
    expect(await errorOf(response)).toMatchObject({ message: 'no healthy upstream' })
    expect(run.asked()).toBe('cc')
  })

  it('count nothing against an endpoint whose client has left', async () => {
    const run = start({ rule: { outliers }, refs: [ref('two'), ref('three', { priority: 1 })] })
    run.answer('c', silence)
    for (let i = 0; i < 3; i++) {
      const client = new AbortController()
      const answer = run.chat(hello, { signal: client.signal })
      await run.reached(i + 1)
      client.abort()
      await answer
    }
    run.answer('c', good)
    await run.statusOf()
    expect(run.asked()).toBe('cccc')
  })

  it('are remembered over a reload', async () => {
    const run = start({ rule: { outliers } })
    run.answer('a', busy)
    await run.statusOf()
    run.reloadWith({ requestTimeoutMs: 5000 })
    await run.statusOf()
    run.reloadWith({ requestTimeoutMs: 6000 })
    await run.statusOf()
    expect(run.asked()).toBe('aab')
  })

  it('do not happen without a policy', async () => {
    const run = start({ rule: {} })
    run.answer('a', busy)
    for (let i = 0; i < 9; i++) await run.statusOf()
    expect(run.asked()).toBe('aaaaaaaaa')
  })
})

describe('load balancing', () => {
  it('prefers the endpoint with less under way, to the end of its stream', async () => {
    const chance = [0, 0, 0, 0.9, 0, 0.9, 0, 0.9]
    const run = start({ rule: {}, random: () => chance.shift() ?? 0 })
    const open = openStream()
    run.answer('a', open.answer)
    const first = await run.chat(helloStream)
    await run.statusOf()
    expect(run.asked()).toBe('ab')
    run.answer('a', good)
    open.end()
    await first.text()
    await run.statusOf()
    expect(run.asked()).toBe('a')
  })

  it('goes round where the policy says so', async () => {
    const run = start({ rule: { loadBalancer: { type: 'RoundRobin' } } })
    for (let i = 0; i < 4; i++) await run.statusOf()
    expect(run.asked()).toBe('abab')
  })

  it('keeps a user at one endpoint, over backends of the same priority too', async () => {
    let chance = 0
    const run = start({
      rule: {
        loadBalancer: { type: 'ConsistentHash', hash: { type: 'Headers', names: ['x-user'] } },
      },
      refs: [ref('one'), ref('two'), ref('three')],
      random: () => (chance = (chance + 0.37) % 1),
    })
    const places = new Set<string>()
    for (let user = 0; user < 40; user++) {
      for (let i = 0; i < 3; i++) await run.statusOf(hello, { 'x-user': `user-${user}` })
      const asked = new Set(run.asked())
      expect(asked.size).toBe(1)
      for (const place of asked) places.add(place)
    }
    expect([...places].sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  it('asks another endpoint when it tries again, whatever the hash says', async () => {
    const run = start({
      rule: {
        loadBalancer: { type: 'ConsistentHash', hash: { type: 'Headers', names: ['x-user'] } },
        retry: retryOn(['5xx']),
      },
    })
    run.answer('a', busy)
    run.answer('b', busy)
    await run.statusOf(hello, { 'x-user': 'ann' })
    const asked = run.asked()
    expect(new Set(asked.slice(0, 2)).size).toBe(2)
  })
})

describe('a circuit breaker', () => {
  const bounds = {
    maxConnections: 1024,
    maxPendingRequests: 1024,
    maxParallelRequests: 1024,
    maxParallelRetries: 1024,
  }

  it('refuses what is too much, and says so', async () => {
    const run = start({
      rule: { circuitBreaker: { ...bounds, maxParallelRequests: 1 } },
      refs: [ref('two')],
    })
    const open = openStream()
    run.answer('c', open.answer)
    const first = await run.chat(helloStream)
    const second = await run.chat(hello)
    expect(second.status).toBe(503)
    expect(second.headers.get('x-aigw-error')).toBe('overloaded')
    expect(second.headers.get('x-envoy-overloaded')).toBe('true')
    expect(await errorOf(second)).toMatchObject({
      message: 'upstream connect error or disconnect/reset before headers. reset reason: overflow',
    })
    open.end()
    await first.text()
    run.answer('c', good)
    expect(await run.statusOf()).toBe(200)
    expect(run.asked()).toBe('cc')
  })

  it('lets a request wait for a connection', async () => {
    const run = start({
      rule: { circuitBreaker: { ...bounds, maxConnections: 1 } },
      refs: [ref('two')],
    })
    const open = openStream()
    run.answer('c', open.answer)
    const first = await run.chat(helloStream)
    const second = run.chat(hello)
    await settle()
    expect(run.asked()).toBe('c')
    run.answer('c', good)
    open.end()
    await first.text()
    expect((await second).status).toBe(200)
    expect(run.asked()).toBe('c')
  })

  it('makes a client who leaves leave the queue', async () => {
    const run = start({
      rule: { circuitBreaker: { ...bounds, maxConnections: 1, maxPendingRequests: 1 } },
      refs: [ref('two')],
    })
    const open = openStream()
    run.answer('c', open.answer)
    const first = await run.chat(helloStream)
    const client = new AbortController()
    const second = run.chat(hello, { signal: client.signal })
    await settle()
    client.abort()
    await second
    const third = run.chat(hello)
    await settle()
    expect(run.asked()).toBe('c')
    run.answer('c', good)
    open.end()
    await first.text()
    expect((await third).status).toBe(200)
    expect(run.asked()).toBe('c')
  })

  it('counts the time in the queue as the time of the request', async () => {
    const run = start({
      rule: { circuitBreaker: { ...bounds, maxConnections: 1 }, requestTimeoutMs: 1000 },
      refs: [ref('two')],
    })
    run.answer('c', silence)
    const answers = [run.chat(hello), run.chat(hello)]
    await run.clock.advance(1000)
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([504, 504])
    run.answer('c', good)
    expect(await run.statusOf()).toBe(200)
  })

  it('bounds what is tried again at a time', async () => {
    const retry = retryOn(['5xx'], { numRetries: 3 })
    const none = { ...bounds, maxParallelRetries: 0 }
    const never = start({ rule: { retry, circuitBreaker: none }, refs: [ref('two')] })
    never.answer('c', busy)
    const response = await never.chat(hello)
    expect(response.status).toBe(503)
    expect(await errorOf(response)).toMatchObject({ message: 'busy' })
    expect(never.asked()).toBe('c')
    const one = { ...bounds, maxParallelRetries: 1 }
    const run = start({ rule: { retry, circuitBreaker: one }, refs: [ref('two')] })
    run.answer('c', busy)
    for (let i = 0; i < 2; i++) expect(await run.statusOf()).toBe(503)
    expect(run.asked()).toBe('cccccccc')
  })

  it('gives back what a failed try has taken before the next', async () => {
    const run = start({
      rule: { retry: retryOn(['5xx']), circuitBreaker: { ...bounds, maxParallelRequests: 1 } },
      refs: [ref('two')],
    })
    run.answer('c', busy)
    expect(await run.statusOf()).toBe(503)
    expect(run.asked()).toBe('ccc')
    run.answer('c', good)
    expect(await run.statusOf()).toBe(200)
  })

  it('knows after a reload what is under way', async () => {
    const run = start({
      rule: { circuitBreaker: { ...bounds, maxParallelRequests: 1 } },
      refs: [ref('two')],
    })
    const open = openStream()
    run.answer('c', open.answer)
    const first = await run.chat(helloStream)
    run.reloadWith({ requestTimeoutMs: 5000 })
    expect(await run.statusOf()).toBe(503)
    open.end()
    await first.text()
    run.answer('c', good)
    expect(await run.statusOf()).toBe(200)
  })
})

describe('a fault on purpose', () => {
  it('is answered in the stead of a provider', async () => {
    const run = start({ rule: { fault: { abort: { status: 418, percentage: 100 } } } })
    const response = await run.chat(hello)
    expect(response.status).toBe(418)
    expect(response.headers.get('x-aigw-error')).toBe('fault_injected')
    expect(await errorOf(response)).toMatchObject({ message: 'fault filter abort' })
    expect(run.asked()).toBe('')
  })

  it('delays what it does not abort', async () => {
    const run = start({ rule: { fault: { delay: { ms: 2000, percentage: 100 } } } })
    const answer = run.chat(hello)
    await run.clock.advance(1999)
    expect(run.asked()).toBe('')
    await run.clock.advance(1)
    expect((await answer).status).toBe(200)
  })

  it('delays no longer than the request may last', async () => {
    const run = start({
      rule: { fault: { delay: { ms: 2000, percentage: 100 } }, requestTimeoutMs: 1000 },
    })
    const answer = run.chat(hello)
    await run.clock.advance(1000)
    expect((await answer).status).toBe(504)
    await run.clock.advance(5000)
    expect(run.asked()).toBe('')
  })

  it('befalls the share that is asked for', async () => {
    const run = start({
      rule: { fault: { abort: { status: 503, percentage: 30 } } },
      random: () => 0.5,
    })
    expect(await run.statusOf()).toBe(200)
  })
})

describe('the longest that a stream may last', () => {
  it('ends it with an error event, before the time of the request', async () => {
    const run = start({ rule: { maxStreamDurationMs: 5000 }, refs: [ref('two')] })
    run.answer('c', stream({ chunks: chatChunks(['Hello']).slice(0, 2), end: 'stall' }))
    const response = await run.chat(helloStream)
    const text = response.text()
    await run.clock.advance(5000)
    expect(await text).toContain('upstream max stream duration reached')
    expect(await text).not.toContain('[DONE]')
  })

  it('is a status where nothing has come', async () => {
    const run = start({ rule: { maxStreamDurationMs: 5000 }, refs: [ref('two')] })
    run.answer('c', silence)
    const answer = run.chat(helloStream)
    await run.clock.advance(5000)
    const response = await answer
    expect(response.status).toBe(408)
    expect(response.headers.get('x-aigw-error')).toBe('upstream_timeout')
  })

  it('does not lengthen the time of the request', async () => {
    const run = start({
      rule: { maxStreamDurationMs: 5000, requestTimeoutMs: 1000 },
      refs: [ref('two')],
    })
    run.answer('c', silence)
    const answer = run.chat(helloStream)
    await run.clock.advance(1000)
    expect((await answer).status).toBe(504)
  })
})

describe("a rule's own bound on the body of a request", () => {
  it('is an error above it', async () => {
    const size = JSON.stringify(hello).length
    expect(await start({ rule: { maxRequestBytes: size } }).statusOf()).toBe(200)
    const run = start({ rule: { maxRequestBytes: size - 1 } })
    const response = await run.chat(hello)
    expect(response.status).toBe(413)
    expect(await errorOf(response)).toMatchObject({ message: 'Payload Too Large' })
    expect(run.asked()).toBe('')
  })
})
