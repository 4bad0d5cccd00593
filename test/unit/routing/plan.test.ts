import { describe, expect, it } from 'vitest'
import { createEndpointChooser } from '../../../src/routing/load-balancer.ts'
import { createPicker, groupByPriority, type Steering } from '../../../src/routing/plan.ts'
import type { Backend } from '../../../src/routing/route.ts'

const backend = (name: string, priority = 0, weight = 1): Backend => ({
  name,
  priority,
  weight,
  schema: { name: 'OpenAI' },
  endpoints: [],
  target: (model) => ({ schema: { name: 'OpenAI' }, model, renamed: false, vars: {} }),
  auth: undefined,
  credentialHeaders: [],
  headerMutation: undefined,
  bodyMutation: undefined,
  broken: undefined,
})

const plain: Steering = {
  chooseEndpoint: createEndpointChooser('LeastRequest'),
  hashKey: undefined,
  readHealth: undefined,
  chooseBackend: undefined,
}

const [a, b, c] = [backend('a'), backend('b', 1), backend('c', 2)]

function pick(
  backends: readonly Backend[],
  count: number,
  attemptsPerPriority?: number,
  random = () => 0,
) {
  const picker = createPicker(groupByPriority(backends), attemptsPerPriority, random, plain)
  return Array.from({ length: count }, () => picker.next()?.name)
}

describe('priorities', () => {
  it('stay on the first without a limit of attempts', () => {
    expect(pick([c, b, a], 4)).toEqual(['a', 'a', 'a', 'a'])
  })

  it('move on after the attempts of each, and wrap around', () => {
    expect(pick([a, b, c], 5, 1)).toEqual(['a', 'b', 'c', 'a', 'b'])
    expect(pick([a, b], 6, 2)).toEqual(['a', 'a', 'b', 'b', 'a', 'a'])
  })

  it('move on from one that has no usable backend, without an attempt', () => {
    const picker = createPicker(groupByPriority([a, b]), undefined, () => 0, plain)
    expect(picker.next()).toBe(a)
    picker.exclude(a)
    expect(picker.next()).toBe(b)
    picker.exclude(b)
    expect(picker.next()).toBeUndefined()
  })

  it('lose no attempt to a backend that cannot be used at all', () => {
    const [x, y] = [backend('x'), backend('y')]
    const picker = createPicker(groupByPriority([x, y, b]), 1, () => 0, plain)
    expect(picker.next()).toBe(x)
    picker.exclude(x)
    expect(picker.next()).toBe(y)
    expect(picker.next()).toBe(b)
  })

  it('have no other one to move to without a limit of attempts', () => {
    const picker = createPicker(groupByPriority([a, b]), undefined, () => 0, plain)
    picker.next()
    expect(picker.hasOtherPriority()).toBe(false)
  })

  it('say whether another one could come', () => {
    const picker = createPicker(groupByPriority([a, b]), 1, () => 0, plain)
    picker.next()
    expect(picker.hasOtherPriority()).toBe(true)
    picker.exclude(b)
    expect(picker.hasOtherPriority()).toBe(false)
  })
})

describe('weights', () => {
  it('share requests in proportion', () => {
    const [light, heavy] = [backend('light', 0, 1), backend('heavy', 0, 3)]
    const counts = { light: 0, heavy: 0 }
    for (let i = 0; i < 400; i++) {
      const [name] = pick([light, heavy], 1, undefined, () => i / 400)
      if (name === 'light') counts.light++
      else counts.heavy++
    }
    expect(counts).toEqual({ light: 100, heavy: 300 })
  })

  it('never choose 0, and leave nothing where all are 0', () => {
    expect(pick([backend('off', 0, 0), a], 3)).toEqual(['a', 'a', 'a'])
    expect(pick([backend('off', 0, 0)], 1)).toEqual([undefined])
  })

  it('try another backend before the same one again', () => {
    const two = [backend('x'), backend('y')]
    expect(pick(two, 2, undefined, () => 0)).toEqual(['x', 'y'])
    expect(pick(two, 2, undefined, () => 0.99)).toEqual(['y', 'x'])
  })
})
