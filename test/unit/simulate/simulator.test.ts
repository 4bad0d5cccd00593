import { describe, expect, it } from 'vitest'
import type { UpstreamResponse } from '../../../src/ports.ts'
import { createSimulator, type SimulatorOptions } from '../../../src/simulate/simulator.ts'
import { createFakeClock, type FakeClock, settle } from '../../support/fake-clock.ts'
import {
  converseStreamUrl,
  converseUrl,
  instant,
  openaiUrl,
  readJson,
  readText,
  type SendOptions,
  send,
  user,
  watchBody,
} from './support.ts'

const whole = { model: 'm', messages: [user('hi')] }
const stream = { ...whole, stream: true }
const converse = { messages: [{ role: 'user', content: [{ text: 'hi' }] }] }

function create(clock: FakeClock, options: Partial<SimulatorOptions> = {}) {
  return createSimulator({ now: clock.now, schedule: clock.schedule, ...options })
}

const simulate = (header: string): SendOptions => ({ headers: { 'x-simulate': header } })

/** Notes when and how a promise settles. */
function watch<T>(promise: Promise<T>) {
  const seen: { value?: T; error?: unknown } = {}
  promise.then(
    (value) => {
      seen.value = value
    },
    (error: unknown) => {
      seen.error = error
    },
  )
  return seen
}

describe('pace', () => {
  it('sends the head at once, the first token after 150 ms, and 60 tokens a second from there', async () => {
    const clock = createFakeClock()
    const answer = await send(create(clock), openaiUrl, stream)
    const seen = watchBody(answer)
    await clock.advance(149)
    expect(seen.chunks).toHaveLength(0)
    await clock.advance(1)
    // The role, and the first token.
    expect(seen.chunks).toHaveLength(2)
    await clock.advance(16)
    expect(seen.chunks).toHaveLength(2)
    await clock.advance(1)
    expect(seen.chunks).toHaveLength(3)
    await clock.advance(1_000 - 17)
    expect(seen.end).toBe('closed')
    expect(clock.pending()).toBe(0)
  })

  it('keeps to the rate and delay that it is made with', async () => {
    const clock = createFakeClock()
    const simulator = create(clock, { rate: 4, delayMs: 1_000 })
    const seen = watchBody(
      await send(simulator, converseStreamUrl, converse, simulate('tokens=100')),
    )
    await clock.advance(1_000)
    expect(seen.chunks).toHaveLength(2)
    await clock.advance(10_000)
    expect(seen.chunks).toHaveLength(2 + 40)
  })

  it('does not add up the lateness of timers', async () => {
    const clock = createFakeClock()
    const late = {
      ...clock,
      schedule: (work: () => void, ms: number) => clock.schedule(work, ms + 40),
    }
    const simulator = create(late, { rate: 10, delayMs: 0 })
    const seen = watchBody(await send(simulator, openaiUrl, stream, simulate('tokens=100')))
    await clock.advance(9_000)
    // The role, then one token every 100 ms, each 40 ms late: the 91st is under way.
    expect(seen.chunks).toHaveLength(1 + 90)
  })

  it('with rate 0 waits for the first token alone', async () => {
    const clock = createFakeClock()
    const seen = watchBody(await send(create(clock, { rate: 0 }), openaiUrl, stream))
    await clock.advance(149)
    expect(seen.chunks).toHaveLength(0)
    await clock.advance(1)
    expect(seen.end).toBe('closed')
  })

  it('answers whole after the delay, and refuses at once', async () => {
    const clock = createFakeClock()
    const answered = watch(send(create(clock), openaiUrl, whole))
    const refused = watch(send(create(clock), openaiUrl, {}))
    await clock.advance(149)
    expect(answered.value).toBeUndefined()
    expect(refused.value?.status).toBe(400)
    await clock.advance(1)
    expect(answered.value?.status).toBe(200)
  })

  it('makes no event before somebody reads it', async () => {
    const answer = await send(instant, openaiUrl, stream, simulate('tokens=1000000'))
    const reader = answer.body?.getReader()
    for (let count = 0; count < 3; count++) expect((await reader?.read())?.done).toBe(false)
    await reader?.cancel()
    expect((await reader?.read())?.done).toBe(true)
  })

  it('stops its timer when the reader cancels', async () => {
    const clock = createFakeClock()
    const answer = await send(create(clock), openaiUrl, stream)
    const reader = answer.body?.getReader()
    void reader?.read()
    await settle()
    expect(clock.pending()).toBe(1)
    await reader?.cancel()
    expect(clock.pending()).toBe(0)
  })
})

describe('abort', () => {
  const gone = new Error('client gone')

  it('rejects where the signal has aborted already', async () => {
    const signal = AbortSignal.abort(gone)
    await expect(send(instant, openaiUrl, whole, { signal })).rejects.toBe(gone)
  })

  it('rejects before the head and stops the timer', async () => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const seen = watch(send(create(clock), openaiUrl, whole, { signal: controller.signal }))
    await clock.advance(100)
    expect(clock.pending()).toBe(1)
    controller.abort(gone)
    await settle()
    expect(seen.error).toBe(gone)
    expect(clock.pending()).toBe(0)
  })

  it.each([0, 150, 155, 300])('errors the stream after %i ms and stops the timer', async (ms) => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const answer = await send(create(clock), openaiUrl, stream, { signal: controller.signal })
    const seen = watchBody(answer)
    await clock.advance(ms)
    controller.abort(gone)
    await settle()
    expect(seen.end).toEqual({ error: gone })
    expect(clock.pending()).toBe(0)
  })

  it('errors a stream that nobody has begun to read', async () => {
    const controller = new AbortController()
    const answer = await send(instant, openaiUrl, stream, { signal: controller.signal })
    controller.abort(gone)
    await expect(answer.arrayBuffer()).rejects.toBe(gone)
  })

  it('lets go of the signal at the end', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const count =
      (step: number, call: typeof signal.addEventListener): typeof signal.addEventListener =>
      (...given: Parameters<typeof signal.addEventListener>) => {
        listeners += step
        call.apply(signal, given)
      }
    signal.addEventListener = count(1, signal.addEventListener)
    signal.removeEventListener = count(-1, signal.removeEventListener)
    const clock = createFakeClock()
    const seen = watchBody(await send(create(clock), openaiUrl, stream, { signal }))
    await settle()
    expect(listeners).toBe(1)
    await clock.advance(5_000)
    expect(seen.end).toBe('closed')
    expect(listeners).toBe(0)
  })
})

describe('x-simulate', () => {
  it('answers with a status and retry-after', async () => {
    const asked = simulate('status=429, retry-after=2')
    for (const [url, body] of [
      [openaiUrl, stream],
      [converseUrl, converse],
    ] as const) {
      const answer = await send(instant, url, body, asked)
      expect(answer.status).toBe(429)
      expect(answer.headers.get('retry-after')).toBe('2')
    }
  })

  it('holds the head back for a while', async () => {
    const clock = createFakeClock()
    const seen = watch(send(create(clock), openaiUrl, stream, simulate('delay=3s')))
    await clock.advance(2_999)
    expect(seen.value).toBeUndefined()
    await clock.advance(1)
    expect(seen.value?.status).toBe(200)
    const body = watchBody(seen.value as UpstreamResponse)
    await clock.advance(150)
    expect(body.chunks.length).toBeGreaterThan(0)
  })

  it('holds a refusal back too', async () => {
    const clock = createFakeClock()
    const seen = watch(send(create(clock), openaiUrl, whole, simulate('delay=1s,status=503')))
    await clock.advance(999)
    expect(seen.value).toBeUndefined()
    await clock.advance(1)
    expect(seen.value?.status).toBe(503)
  })

  it.each([0, 1, 5])('breaks a stream after %i events', async (count) => {
    for (const [url, body] of [
      [openaiUrl, stream],
      [converseStreamUrl, converse],
    ] as const) {
      const answer = await send(instant, url, body, simulate(`cut=${count}`))
      expect(answer.status).toBe(200)
      const seen = watchBody(answer)
      await settle()
      expect(seen.chunks).toHaveLength(count)
      expect(seen.end).toMatchObject({ error: { kind: 'upstream-reset' } })
    }
  })

  it('does not break a stream that is shorter', async () => {
    const answer = await send(instant, openaiUrl, stream, simulate('cut=1000'))
    expect(await readText(answer)).toMatch(/data: \[DONE\]\n\n$/)
  })

  it.each([0, 5])('goes silent after %i events until the client leaves', async (count) => {
    const clock = createFakeClock()
    const controller = new AbortController()
    const options = { ...simulate(`stall=${count}`), signal: controller.signal }
    const seen = watchBody(await send(create(clock), openaiUrl, stream, options))
    await clock.advance(3_600_000)
    expect(seen.chunks).toHaveLength(count)
    expect(seen.end).toBe('open')
    controller.abort(new Error('enough'))
    await settle()
    expect(seen.end).toMatchObject({ error: { message: 'enough' } })
  })

  it('makes one event of a stream garbage and goes on', async () => {
    const text = await readText(await send(instant, openaiUrl, stream, simulate('malformed')))
    const events = text.split('\n\n').slice(0, -2)
    const broken = events.filter((event) => {
      try {
        JSON.parse(event.slice('data: '.length))
        return false
      } catch {
        return true
      }
    })
    expect(broken).toHaveLength(1)
    expect(broken[0]).toMatch(/^data: \{"id":"chatcmpl-/)
    expect(events.indexOf(broken[0] ?? '')).toBe(2)
  })

  it('breaks a whole answer in its middle', async () => {
    const healthy = await readText(await send(instant, openaiUrl, whole))
    const answer = await send(instant, openaiUrl, whole, simulate('cut=5'))
    expect(answer.status).toBe(200)
    const seen = watchBody(answer)
    await settle()
    expect(seen.end).toMatchObject({ error: { kind: 'upstream-reset' } })
    const half = new TextDecoder().decode(seen.chunks[0])
    expect(half.length).toBeGreaterThan(0)
    expect(healthy.startsWith(half)).toBe(true)
    const again = await send(instant, openaiUrl, whole, simulate('cut=5'))
    await expect(again.arrayBuffer()).rejects.toMatchObject({ kind: 'upstream-reset' })
  })

  it('breaks a whole answer before its body with cut=0', async () => {
    const seen = watchBody(await send(instant, openaiUrl, whole, simulate('cut=0')))
    await settle()
    expect(seen.chunks).toHaveLength(0)
    expect(seen.end).toMatchObject({ error: { kind: 'upstream-reset' } })
  })

  it('never finishes a whole answer that stalls', async () => {
    const controller = new AbortController()
    const options = { ...simulate('stall=5'), signal: controller.signal }
    const answer = await send(instant, converseUrl, converse, options)
    const seen = watch(answer.arrayBuffer())
    await settle()
    expect(seen).toEqual({})
    controller.abort(new Error('enough'))
    await settle()
    expect(seen.error).toMatchObject({ message: 'enough' })
  })

  it('truncates a whole answer', async () => {
    const healthy = await readText(await send(instant, converseUrl, converse))
    const text = await readText(await send(instant, converseUrl, converse, simulate('malformed')))
    expect(text.length).toBe(Math.floor(healthy.length / 2))
    expect(healthy.startsWith(text)).toBe(true)
  })

  it.each([
    ['default/primary', 503],
    ['default/secondary', 200],
    ['primary/default', 200],
  ])('keeps trouble for one backend away from others: %s', async (backend, status) => {
    const answer = await send(instant, openaiUrl, whole, {
      ...simulate('status=503,only=primary'),
      backend,
    })
    expect(answer.status).toBe(status)
  })

  it.each([
    [openaiUrl, 'error.message'],
    [converseUrl, 'message'],
  ])('says what it does not understand, in the manner of %s', async (url, path) => {
    const answer = await send(instant, url, whole, simulate('statsu=429'))
    expect(answer.status).toBe(400)
    expect(await readJson(answer)).toHaveProperty(
      path,
      expect.stringMatching(/^x-simulate: unknown directive 'statsu'; known: status, /),
    )
  })

  it('is no part of the request: ids and text stay the same', async () => {
    const plain = await readText(await send(instant, openaiUrl, whole))
    expect(await readText(await send(instant, openaiUrl, whole, simulate('retry-after=1')))).toBe(
      plain,
    )
  })
})

describe('bodies that are no JSON', () => {
  const nested = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
  it.each([
    ['nothing', ''],
    ['half a value', '{"a":'],
    ['nesting without an end', `{"model":"m","messages":[],"tools":${nested}}`],
  ])('refuses %s', async (_, text) => {
    for (const url of [openaiUrl, converseUrl]) {
      expect((await send(instant, url, text)).status).toBe(400)
    }
  })

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await instant(openaiUrl, {
      method: 'POST',
      headers: {},
      body: Uint8Array.of(0x22, 0xff, 0x22),
      signal: new AbortController().signal,
      redirect: 'manual',
    })
    expect(answer.status).toBe(400)
    expect(await readText(answer)).toContain('not valid JSON')
  })
})

describe('backends', () => {
  it('answers in the name of the host where nobody names the backend', async () => {
    const text = await readText(await send(instant, openaiUrl, whole))
    expect(text).toContain('simulated at api.openai.com.')
  })

  it('gives each backend ids of its own', async () => {
    const ask = async (backend: string) => {
      const answer = await send(instant, openaiUrl, whole, { backend })
      return answer.headers.get('x-request-id')
    }
    expect(await ask('a/b')).not.toBe(await ask('a/c'))
    expect(await ask('a/b')).toBe(await ask('a/b'))
  })
})
