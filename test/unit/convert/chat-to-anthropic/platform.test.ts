import { describe, expect, it } from 'vitest'
import {
  anthropicApi,
  bedrockInvoke,
  effortStyle,
  usualMaxTokens,
  vertexAi,
} from '../../../../src/convert/chat-to-anthropic/platform.ts'

describe('structured output', () => {
  it.each([
    'claude-opus-4-5-20251101',
    'claude-sonnet-4-5@20250929',
    'CLAUDE-HAIKU-4-5',
    'us.anthropic.claude-opus-4-6-v1:0',
    'claude-sonnet-4.6',
  ])('is there everywhere for %s', (model) => {
    for (const platform of [anthropicApi, vertexAi, bedrockInvoke]) {
      expect(platform.structuredOutput.test(model)).toBe(true)
    }
  })

  it.each([
    'claude-opus-4-7',
    'claude-opus-4-8',
    'claude-opus-4-10',
    'claude-fable-5',
    'claude-sonnet-5',
    'claude-sonnet-5-20270101',
    'claude-mythos-5',
    'claude-mythos-preview',
  ])('is not yet on Bedrock for %s', (model) => {
    expect(anthropicApi.structuredOutput.test(model)).toBe(true)
    expect(vertexAi.structuredOutput.test(model)).toBe(true)
    expect(bedrockInvoke.structuredOutput.test(model)).toBe(false)
  })

  it.each([
    'claude-3.5-sonnet',
    'claude-3-5-sonnet-20241022',
    'claude-sonnet-4-20250514',
    'claude-opus-4-1',
    'claude-opus-4@20250514',
    'gpt-4',
    '',
  ])('is nowhere for %j', (model) => {
    for (const platform of [anthropicApi, vertexAi, bedrockInvoke]) {
      expect(platform.structuredOutput.test(model)).toBe(false)
    }
  })
})

it.each([
  ['claude-opus-4-5', 'word'],
  ['claude-opus-4-6', 'word'],
  ['claude-sonnet-4-6', 'word'],
  ['claude-sonnet-5', 'word'],
  ['claude-fable-5', 'word'],
  ['claude-mythos-preview', 'word'],
  ['claude-sonnet-4-5', 'budget'],
  ['claude-haiku-4-5', 'budget'],
  ['claude-opus-4-1-20250805', 'budget'],
  ['claude-sonnet-4-20250514', 'budget'],
  ['claude-3-7-sonnet-20250219', 'budget'],
  ['claude-3-5-sonnet-20241022', 'none'],
  ['claude-3-opus-20240229', 'none'],
  ['gpt-4', 'none'],
] as const)('the effort of %s is a %s', (model, style) => {
  expect(effortStyle(model)).toBe(style)
})

it.each([
  ['claude-3-opus-20240229', 4096],
  ['anthropic.claude-3-5-sonnet-20240620-v1:0', 4096],
  ['claude-3-5-sonnet@20240620', 4096],
  ['claude-3-5-sonnet-20241022', 8192],
  ['claude-3-5-haiku-20241022', 8192],
  ['claude-3-7-sonnet-20250219', 16_384],
  ['claude-sonnet-4-5', 16_384],
  ['claude-opus-4-6', 16_384],
  ['some-alias', 4096],
])('%s has %i tokens unless the request sets a limit', (model, tokens) => {
  expect(usualMaxTokens(model)).toBe(tokens)
})
