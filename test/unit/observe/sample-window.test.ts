import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSampleWindow } from '../../../src/observe/sample-window.ts'

function windowOf(size: number, values: readonly number[]) {
  const window = createSampleWindow(size)
  for (const value of values) window.add(value)
  return window
}

const hundred = Array.from({ length: 100 }, (_, index) => index + 1)

describe('a window of samples', () => {
  it('has the percentiles of the nearest rank', () => {
    const window = windowOf(100, hundred.toReversed())
    expect(window.percentiles(50, 95, 99, 100, 1)).toEqual([50, 95, 99, 100, 1])
  })

  it('has one value for all percentiles of one sample, and none of none', () => {
    expect(windowOf(10, [7]).percentiles(1, 50, 95, 100)).toEqual([7, 7, 7, 7])
    expect(windowOf(10, []).percentiles(50, 95)).toEqual([undefined, undefined])
  })

  it('orders numbers as numbers', () => {
    expect(windowOf(10, [9, 100, 1000]).percentiles(1, 50, 100)).toEqual([9, 100, 1000])
  })

  it('forgets the oldest when it is full', () => {
    const window = windowOf(3, [1000, 2000, 1, 2, 3])
    expect(window.values().toSorted()).toEqual([1, 2, 3])
    expect(window.percentiles(100)).toEqual([3])
  })

  it('agrees with a plain count, whatever has been added', () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 })
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 20 }), (values, size) => {
        const kept = values.slice(-size)
        const [p95 = Number.NaN] = windowOf(size, values).percentiles(95)
        expect(kept).toContain(p95)
        expect(kept.filter((value) => value <= p95).length / kept.length).toBeGreaterThanOrEqual(
          0.95,
        )
        expect(kept.filter((value) => value < p95).length / kept.length).toBeLessThan(0.95)
      }),
    )
  })
})
