// A histogram with explicit bounds, as cheap to write to as can be: it is written to several times for each request.

export interface Histogram {
  record(value: number): void
  readonly sum: number
  readonly count: number
  /** Of values up to each bound, and of all that are greater; not cumulative. */
  readonly counts: readonly number[]
}

/** `bounds` ascend; a value that equals one is within it. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  let count = 0
  return {
    record(value) {
      let bucket = 0
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++ // in range
      counts[bucket] = (counts[bucket] ?? 0) + 1
      sum += value
      count++
    },
    get sum() {
      return sum
    },
    get count() {
      return count
    },
    counts,
  }
}
