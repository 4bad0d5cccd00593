import { describe, expect, it } from 'vitest'
import type { LoadBalancerSpec } from '../../../src/config/config.ts'
import { createEndpointState } from '../../../src/routing/endpoint-state.ts'
import { createEndpointChooser } from '../../../src/routing/load-balancer.ts'
import type { Backend, BackendEndpoint } from '../../../src/routing/route.ts'

const endpoint = (name: string, active = 0): BackendEndpoint => ({
  origin: `http://${name}.test`,
  transport: { connectTimeoutMs: 1 },
  state: { ...createEndpointState(), active },
})

// The cast: a backend is only told from others.
const newBackend = () => ({}) as Backend

/** Values in turn, for ever. */
function cycle(...values: readonly number[]) {
  let at = 0
  return () => values[at++ % values.length] ?? 0
}

function choose(
  type: LoadBalancerSpec['type'],
  endpoints: readonly BackendEndpoint[],
  count: number,
  { random = () => 0, hashKey }: { random?: () => number; hashKey?: string } = {},
) {
  const chooser = createEndpointChooser(type)
  const backend = newBackend()
  return Array.from({ length: count }, () =>
    chooser({ backend, endpoints, random, hashKey })?.origin.slice(7, -5),
  ).join('')
}

const [a, b, c] = [endpoint('a', 3), endpoint('b', 1), endpoint('c', 2)]

describe('the least busy', () => {
  it('of two that chance has picked is chosen', () => {
    expect(choose('LeastRequest', [a, b, c], 1, { random: cycle(0, 0.4) })).toBe('b')
    expect(choose('LeastRequest', [a, b, c], 1, { random: cycle(0.9, 0) })).toBe('c')
    expect(choose('LeastRequest', [a, b, c], 1, { random: cycle(0, 0) })).toBe('a')
  })
})

describe('round robin', () => {
  it('goes round', () => {
    expect(choose('RoundRobin', [a, b, c], 7)).toBe('abcabca')
  })

  it('counts for each backend apart', () => {
    const chooser = createEndpointChooser('RoundRobin')
    const ask = (backend: Backend) =>
      chooser({ backend, endpoints: [a, b], random: () => 0, hashKey: undefined })?.origin
    const [one, other] = [newBackend(), newBackend()]
    expect([ask(one), ask(other), ask(one)]).toEqual([a.origin, a.origin, b.origin])
  })
})

describe('chance', () => {
  it('decides, busy or not', () => {
    expect(choose('Random', [a, b, c], 3, { random: cycle(0, 0.5, 0.99) })).toBe('abc')
  })
})

describe('a hash', () => {
  it('keeps a key at its endpoint, whatever chance says', () => {
    const random = cycle(0, 0.3, 0.6, 0.9)
    const chosen = choose('ConsistentHash', [a, b, c], 8, { random, hashKey: 'user-1' })
    expect(new Set(chosen).size).toBe(1)
  })

  it('moves only the keys of an endpoint that goes', () => {
    const keys = Array.from({ length: 300 }, (_, index) => `user-${index}`)
    const place = (endpoints: readonly BackendEndpoint[]) =>
      keys.map((hashKey) => choose('ConsistentHash', endpoints, 1, { hashKey }))
    const before = place([a, b, c])
    const after = place([a, c])
    const counts = ['a', 'b', 'c'].map((name) => before.filter((at) => at === name).length)
    for (const count of counts) expect(count).toBeGreaterThan(60)
    before.forEach((at, index) => {
      if (at !== 'b') expect(after[index]).toBe(at)
    })
  })

  it('leaves a request without key to chance', () => {
    expect(choose('ConsistentHash', [a, b, c], 3, { random: cycle(0, 0.5, 0.99) })).toBe('abc')
  })
})

it('has nothing to choose where there is nothing', () => {
  for (const type of ['LeastRequest', 'RoundRobin', 'Random', 'ConsistentHash'] as const) {
    expect(choose(type, [], 1, { hashKey: 'k' })).toBe('')
  }
})
