import { describe, expect, it, vi } from 'vitest'
import { createTokenSource, type Token } from '../../../src/auth/token-source.ts'
import type { Logger } from '../../../src/ports.ts'

const start = 1_700_000_000_000
const minute = 60_000

function setUp(lifeMs = 60 * minute) {
  const clock = { now: start }
  const waiting: { resolve(token: Token): void; reject(error: Error): void }[] = []
  const fetchToken = vi.fn(
    () => new Promise<Token>((resolve, reject) => waiting.push({ resolve, reject })),
  )
  const log = vi.fn<Logger>()
  const source = createTokenSource(fetchToken, { now: () => clock.now, log })
  /** Answers the oldest open fetch. */
  const answer = async (value: string) => {
    waiting.shift()?.resolve({ value, expiresAt: clock.now + lifeMs })
    await Promise.resolve()
    await Promise.resolve()
    await Promise.resolve()
  }
  const fail = async (message: string) => {
    waiting.shift()?.reject(new Error(message))
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { source, clock, fetchToken, log, answer, fail }
}

describe('a token source', () => {
  it('fetches once for all that wait, and then answers at once', async () => {
    const { source, fetchToken, answer } = setUp()
    const waiters = Array.from({ length: 50 }, () => source.get())
    await answer('t1')
    expect(new Set(await Promise.all(waiters))).toEqual(new Set(['t1']))
    expect(source.get()).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(1)
  })

  it('fetches nothing before it is asked', () => {
    expect(setUp().fetchToken).not.toHaveBeenCalled()
  })

  it('renews five minutes before the end, while requests go on with the token at hand', async () => {
    const { source, clock, fetchToken, answer } = setUp()
    const first = source.get()
    await answer('t1')
    await first
    clock.now = start + 55 * minute - 1
    expect(source.get()).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(1)
    clock.now += 1
    expect(source.get()).toBe('t1')
    expect(source.get()).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(2)
    await answer('t2')
    expect(source.get()).toBe('t2')
  })

  it('renews a short-lived token in the last fifth of its life', async () => {
    const { source, clock, fetchToken, answer } = setUp(100_000)
    const first = source.get()
    await answer('t1')
    await first
    clock.now = start + 79_999
    source.get()
    expect(fetchToken).toHaveBeenCalledTimes(1)
    clock.now = start + 80_000
    source.get()
    expect(fetchToken).toHaveBeenCalledTimes(2)
  })

  it('keeps the token when renewal fails, says so, and tries again a minute later', async () => {
    const { source, clock, fetchToken, log, answer, fail } = setUp()
    const first = source.get()
    await answer('t1')
    await first
    clock.now = start + 55 * minute
    source.get()
    await fail('down')
    expect(log).toHaveBeenCalledTimes(1)
    clock.now += minute - 1
    expect(source.get()).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(2)
    clock.now += 1
    expect(source.get()).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(3)
  })

  it('makes requests wait once the token is about to expire', async () => {
    const { source, clock, answer } = setUp()
    const first = source.get()
    await answer('t1')
    await first
    clock.now = start + 60 * minute - 10_000
    const next = source.get()
    await answer('t2')
    expect(await next).toBe('t2')
  })

  it('fails those that wait, and tries anew for the next', async () => {
    const { source, fetchToken, answer, fail } = setUp()
    const first = Promise.resolve(source.get()).catch((error: Error) => error.message)
    await fail('down')
    expect(await first).toBe('down')
    const second = source.get()
    await answer('t1')
    expect(await second).toBe('t1')
    expect(fetchToken).toHaveBeenCalledTimes(2)
  })

  it('drops a token that was refused, but no other', async () => {
    const { source, answer, fetchToken } = setUp()
    const first = source.get()
    await answer('t1')
    await first
    expect(source.discard('other')).toBe(false)
    expect(source.get()).toBe('t1')
    expect(source.discard('t1')).toBe(true)
    expect(source.discard('t1')).toBe(false)
    const next = source.get()
    await answer('t2')
    expect(await next).toBe('t2')
    expect(fetchToken).toHaveBeenCalledTimes(2)
  })

  it('does not wait for ever for a fetch that its runtime has forgotten', async () => {
    const { source, clock, fetchToken } = setUp()
    source.get()
    clock.now += 14_999
    source.get()
    expect(fetchToken).toHaveBeenCalledTimes(1)
    clock.now += 1
    source.get()
    expect(fetchToken).toHaveBeenCalledTimes(2)
  })
})
