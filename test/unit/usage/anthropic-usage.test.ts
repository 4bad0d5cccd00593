import { describe, expect, it } from 'vitest'
import {
  createAnthropicUsageReader,
  readAnthropicUsage,
} from '../../../src/usage/anthropic-usage.ts'

const counts = (input?: number, read?: number, written?: number) => ({
  ...(input === undefined ? {} : { input_tokens: input }),
  ...(read === undefined ? {} : { cache_read_input_tokens: read }),
  ...(written === undefined ? {} : { cache_creation_input_tokens: written }),
})

describe('a stream', () => {
  it.each([
    [counts(9, 1, 0), counts(9, 1, 0), [10, 1, 0]],
    [counts(9, 5, 2), counts(9, 1, 0), [10, 1, 0]],
    [counts(9, 5, 2), counts(), [16, 5, 2]],
    [counts(10, 0, 0), counts(undefined, 3), [13, 3, 0]],
    [counts(20, 5, 3), counts(undefined, 7, 2), [29, 7, 2]],
    [counts(9, 0, 0), counts(9, 5, 2), [16, 5, 2]],
  ])('that says %j, then %j, means %j', (first, second, [input, cached, created]) => {
    const reader = createAnthropicUsageReader()
    reader.add(first)
    reader.add({ ...second, output_tokens: 4 })
    expect(reader.read()).toEqual({
      input,
      output: 4,
      total: (input ?? 0) + 4,
      cachedInput: cached,
      cacheCreationInput: created,
    })
  })

  it('says nothing of output before it is told', () => {
    const reader = createAnthropicUsageReader()
    reader.add(counts(9))
    expect(reader.read()).toEqual({ input: 9 })
  })

  it('keeps what later reports leave out, and the last of what they repeat', () => {
    const reader = createAnthropicUsageReader()
    reader.add({ input_tokens: 1, output_tokens: 2, output_tokens_details: { thinking_tokens: 1 } })
    reader.add({ output_tokens: 7 })
    reader.add(undefined)
    reader.add({ output_tokens: null, input_tokens: -5, output_tokens_details: null })
    expect(reader.read()).toEqual({ input: 1, output: 7, total: 8, reasoning: 1 })
  })
})

it.each([undefined, null, 'x', 5, [], {}, { input_tokens: 'x', output_tokens: Number.NaN }])(
  'reads nothing from %j',
  (usage) => {
    expect(readAnthropicUsage(usage)).toBeUndefined()
  },
)
