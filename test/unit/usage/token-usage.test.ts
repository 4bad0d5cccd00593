import { expect, it } from 'vitest'
import { readTokenUsage } from '../../../src/usage/token-usage.ts'

it.each([
  [undefined, undefined],
  [null, undefined],
  ['12', undefined],
  [{}, undefined],
  [{ type: 'duration', seconds: 3 }, undefined],
  [{ input_tokens: 'x', output_tokens: 2 }, { output: 2 }],
  [{ input_tokens: -1 }, { input: 0 }],
  [
    { input_tokens: 3, output_tokens: 0, total_tokens: 3 },
    { input: 3, output: 0, total: 3 },
  ],
  [
    { input_tokens: 3, input_tokens_details: {}, output_tokens_details: {} },
    { input: 3, cachedInput: 0, cacheCreationInput: 0, reasoning: 0 },
  ],
  [
    {
      input_tokens: 3,
      input_tokens_details: { cached_tokens: 1, cache_creation_input_tokens: 2 },
      output_tokens_details: { reasoning_tokens: 4 },
    },
    { input: 3, cachedInput: 1, cacheCreationInput: 2, reasoning: 4 },
  ],
])('reads %j', (usage, expected) => {
  expect(readTokenUsage(usage)).toEqual(expected)
})
