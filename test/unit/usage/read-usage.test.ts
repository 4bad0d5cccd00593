import { describe, expect, it } from 'vitest'
import { readChatUsage } from '../../../src/usage/chat-usage.ts'
import { readConverseUsage } from '../../../src/usage/converse-usage.ts'

describe('chat', () => {
  it('reads what is there and leaves out what is not', () => {
    expect(readChatUsage({ prompt_tokens: 1, completion_tokens: 2 })).toEqual({
      input: 1,
      output: 2,
    })
    expect(readChatUsage({})).toEqual({})
    expect(Object.keys(readChatUsage({ total_tokens: 3 }))).toEqual(['total'])
  })

  it('knows both cache counts where there are details', () => {
    expect(
      readChatUsage({
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 5 },
      }),
    ).toEqual({ cachedInput: 4, cacheCreationInput: 0, reasoning: 5 })
    expect(readChatUsage({ prompt_tokens_details: { cache_creation_input_tokens: 6 } })).toEqual({
      cachedInput: 0,
      cacheCreationInput: 6,
    })
  })

  it.each([null, undefined, 'x', 5, []])('reads nothing from %j', (usage) => {
    expect(readChatUsage(usage)).toEqual({})
  })

  it('never goes below 0 and ignores what is no number', () => {
    expect(
      readChatUsage({ prompt_tokens: -1, completion_tokens: '2', total_tokens: Number.NaN }),
    ).toEqual({ input: 0 })
  })
})

describe('Converse', () => {
  it('adds what came from the cache to the input, and trusts its own sum', () => {
    expect(
      readConverseUsage({
        inputTokens: 10,
        outputTokens: 20,
        totalTokens: 999,
        cacheReadInputTokens: 5,
        cacheWriteInputTokens: 7,
      }),
    ).toEqual({ input: 22, output: 20, total: 42, cachedInput: 5, cacheCreationInput: 7 })
  })

  it('reports cache counts only where Bedrock does', () => {
    expect(readConverseUsage({ inputTokens: 1, outputTokens: 2 })).toEqual({
      input: 1,
      output: 2,
      total: 3,
    })
    expect(readConverseUsage({ cacheReadInputTokens: 0 })).toEqual({
      input: 0,
      output: 0,
      total: 0,
      cachedInput: 0,
    })
  })

  it.each([null, undefined, 'x', []])('has none in %j', (usage) => {
    expect(readConverseUsage(usage)).toBeUndefined()
  })
})
