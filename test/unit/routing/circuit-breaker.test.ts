import { describe, expect, it } from 'vitest'
import type { CircuitBreakerSpec } from '../../../src/config/config.ts'
import { createCircuitBreaker, createCircuitState } from '../../../src/routing/circuit-breaker.ts'
import { settle } from '../../support/fake-clock.ts'

const wide: CircuitBreakerSpec = {
  maxConnections: 1024,
  maxPendingRequests: 1024,
  maxParallelRequests: 1024,
  maxParallelRetries: 1024,
}

const start = (spec: Partial<CircuitBreakerSpec>, state = createCircuitState()) => ({
  state,
  breaker: createCircuitBreaker({ ...wide, ...spec }, state),
})

/** Notes when its turn comes. */
function watch(turn: Promise<void> | undefined) {
  const seen = { came: turn === undefined }
  void turn?.then(() => {
    seen.came = true
  })
  return seen
}

describe('requests', () => {
  it('are refused beyond the bound, until one has ended', () => {
    const { breaker } = start({ maxParallelRequests: 2 })
    const first = breaker.enter()
    expect(breaker.enter()).toBeDefined()
    expect(breaker.enter()).toBeUndefined()
    first?.leave()
    expect(breaker.enter()).toBeDefined()
    expect(breaker.enter()).toBeUndefined()
  })

  it('wait for a connection, in their order, and are refused where too many wait', async () => {
    const { breaker } = start({ maxConnections: 1, maxPendingRequests: 2 })
    const first = breaker.enter()
    const [second, third] = [breaker.enter(), breaker.enter()]
    expect(breaker.enter()).toBeUndefined()
    const [secondTurn, thirdTurn] = [watch(second?.turn), watch(third?.turn)]
    await settle()
    expect([secondTurn.came, thirdTurn.came]).toEqual([false, false])
    first?.leave()
    await settle()
    expect([secondTurn.came, thirdTurn.came]).toEqual([true, false])
    second?.leave()
    await settle()
    expect(thirdTurn.came).toBe(true)
  })

  it('that give up waiting leave their place to others, and take no connection', async () => {
    const { breaker, state } = start({ maxConnections: 1, maxPendingRequests: 1 })
    const first = breaker.enter()
    breaker.enter()?.leave()
    const third = breaker.enter()
    expect(third).toBeDefined()
    first?.leave()
    const turn = watch(third?.turn)
    await settle()
    expect(turn.came).toBe(true)
    third?.leave()
    expect(state).toMatchObject({ active: 0, retries: 0 })
    expect(state.waiting.size).toBe(0)
  })

  it('give their place back once, however often they leave', () => {
    const { breaker, state } = start({})
    const [first] = [breaker.enter(), breaker.enter()]
    first?.leave()
    first?.leave()
    expect(state.active).toBe(1)
  })

  it('are counted together with those of an earlier configuration', async () => {
    const { breaker: old, state } = start({ maxConnections: 2 })
    const [first, second] = [old.enter(), old.enter()]
    const { breaker } = start({ maxConnections: 1, maxPendingRequests: 1 }, state)
    const waiting = breaker.enter()
    const turn = watch(waiting?.turn)
    expect(breaker.enter()).toBeUndefined()
    first?.leave()
    second?.leave()
    await settle()
    expect(turn.came).toBe(true)
  })
})

describe('retries', () => {
  it('are refused beyond the bound, until one is over', () => {
    const { breaker } = start({ maxParallelRetries: 1 })
    const end = breaker.takeRetry()
    expect(breaker.takeRetry()).toBeUndefined()
    end?.()
    end?.()
    expect(breaker.takeRetry()).toBeDefined()
    expect(breaker.takeRetry()).toBeUndefined()
  })

  it('may be forbidden', () => {
    expect(start({ maxParallelRetries: 0 }).breaker.takeRetry()).toBeUndefined()
  })
})
