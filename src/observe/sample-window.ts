// The last few of many values, and their percentiles: exact for what it holds, and bounded.

export interface SampleWindow {
  add(value: number): void
  /** Those that are kept, in no order. */
  values(): readonly number[]
  /**
   * By the nearest rank: the smallest value that `percent` of all kept ones do not exceed. Undefined where there is
   * none. Sorts once for all that are asked for.
   */
  percentiles(...percents: readonly number[]): readonly (number | undefined)[]
}

/** Keeps the last `size` values; memory grows with what comes, up to that. */
export function createSampleWindow(size: number): SampleWindow {
  const kept: number[] = []
  let next = 0
  return {
    add(value) {
      kept[next] = value
      next = next + 1 === size ? 0 : next + 1
    },
    values: () => kept,
    percentiles(...percents) {
      const sorted = Float64Array.from(kept).sort()
      return percents.map((percent) => sorted[Math.ceil((percent / 100) * sorted.length) - 1])
    },
  }
}
