/**
 * Token counts of one call, in one convention whatever the vendor's: `input` includes cached and
 * cache-creation tokens, `output` includes reasoning tokens. An absent field means "not reported".
 */
export interface Usage {
  readonly input?: number
  readonly output?: number
  readonly total?: number
  readonly cachedInput?: number
  readonly cacheCreationInput?: number
  readonly reasoning?: number
}

/** Providers report cumulative numbers, so fields that `later` sets replace those of `earlier`. */
export function mergeUsage(earlier: Usage, later: Usage): Usage {
  return { ...earlier, ...later }
}
