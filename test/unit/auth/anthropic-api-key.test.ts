import { describe, expect, it } from 'vitest'
import { createAnthropicApiKeyAuth } from '../../../src/auth/anthropic-api-key.ts'
import type { AnthropicApiKeyAuthSpec } from '../../../src/config/config.ts'

function apply(
  spec: Omit<AnthropicApiKeyAuthSpec, 'type'>,
  incoming: Record<string, string> = {},
): Record<string, string> {
  const headers = new Map<string, string>()
  const request = {
    method: 'POST',
    url: new URL('https://a.example/'),
    headers,
    body: undefined,
  } as const
  const auth = createAnthropicApiKeyAuth({ type: 'AnthropicAPIKey', ...spec })
  expect(auth.apply(request, new Headers(incoming))).toBeUndefined()
  return Object.fromEntries(headers)
}

const override = { header: 'x-aigw-anthropic-api-key', fallbackToConfigured: true }

describe('a key of Anthropic', () => {
  it('goes out trimmed, in a header of its own, at once', () => {
    expect(apply({ key: ' sk-ant\n' })).toEqual({ 'x-api-key': 'sk-ant' })
  })

  it('may come with the request', () => {
    const incoming = { 'x-aigw-anthropic-api-key': 'sk-own' }
    expect(apply({ key: 'sk-ant', override }, incoming)).toEqual({ 'x-api-key': 'sk-own' })
    expect(apply({ key: 'sk-ant', override })).toEqual({ 'x-api-key': 'sk-ant' })
  })

  it('is missed where there is none, or none that may stand in', () => {
    expect(() => apply({ missing: 'set ANTHROPIC_API_KEY' })).toThrow('set ANTHROPIC_API_KEY')
    const only = { ...override, fallbackToConfigured: false }
    expect(() => apply({ key: 'sk-ant', override: only })).toThrow('missing upstream credential')
  })

  it('must fit into a header', () => {
    expect(() => apply({ key: 'a\nb' })).toThrow('no header can carry')
  })
})
