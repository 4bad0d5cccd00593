// `usage` of Anthropic's Messages, whose `input_tokens` leave out what came from or went to the cache.
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
import { isRecord } from '../json/is-record.ts'
import type { Usage } from './usage.ts'

/** Sums up what a stream reports piece by piece: numbers are cumulative, and those absent stay. */
export interface AnthropicUsageReader {
  /** A `usage` object, or whatever stands in its place. */
  add(usage: unknown): void
  /** `undefined` where nothing was reported. */
  read(): Usage | undefined
}

export function createAnthropicUsageReader(): AnthropicUsageReader {
  let input: number | undefined
  let cacheRead: number | undefined
  let cacheWritten: number | undefined
  let output: number | undefined
  let reasoning: number | undefined
  return {
    add(usage) {
      if (!isRecord(usage)) return
      const details = usage.output_tokens_details
      input = count(usage.input_tokens) ?? input
      cacheRead = count(usage.cache_read_input_tokens) ?? cacheRead
      cacheWritten = count(usage.cache_creation_input_tokens) ?? cacheWritten
      output = count(usage.output_tokens) ?? output
      if (isRecord(details)) reasoning = count(details.thinking_tokens) ?? reasoning
    },
    read() {
      const known = [input, cacheRead, cacheWritten, output]
      if (known.every((tokens) => tokens === undefined)) return undefined
      const prompt = (input ?? 0) + (cacheRead ?? 0) + (cacheWritten ?? 0)
      return {
        input: prompt,
        ...(output === undefined ? {} : { output, total: prompt + output }),
        ...(cacheRead === undefined ? {} : { cachedInput: cacheRead }),
        ...(cacheWritten === undefined ? {} : { cacheCreationInput: cacheWritten }),
        ...(reasoning === undefined ? {} : { reasoning }),
      }
    },
  }
}

/** What is no count says nothing. */
function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

export function readAnthropicUsage(usage: unknown): Usage | undefined {
  const reader = createAnthropicUsageReader()
  reader.add(usage)
  return reader.read()
}
