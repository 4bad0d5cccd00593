import { describe, expect, it } from 'vitest'
import { createAzureApiKeyAuth } from '../../../src/auth/azure-api-key.ts'
import type { AzureApiKeyAuthSpec } from '../../../src/config/config.ts'

function apply(spec: Omit<AzureApiKeyAuthSpec, 'type'>, incoming: Record<string, string> = {}) {
  const request = {
    method: 'POST',
    url: new URL('https://r.openai.azure.com/'),
    headers: new Map<string, string>(),
    body: undefined,
  } as const
  const auth = createAzureApiKeyAuth({ type: 'AzureAPIKey', ...spec })
  expect(auth.apply(request, new Headers(incoming))).toBeUndefined()
  return Object.fromEntries(request.headers)
}

describe('an API key of Azure', () => {
  it('goes out trimmed, in its own header', () => {
    expect(apply({ key: ' k1\n' })).toEqual({ 'api-key': 'k1' })
  })

  it('gives way to the one that came with the request', () => {
    const override = { header: 'x-aigw-azure-api-key', fallbackToConfigured: true }
    const incoming = { 'x-aigw-azure-api-key': ' theirs ' }
    expect(apply({ key: 'k1', override }, incoming)).toEqual({ 'api-key': 'theirs' })
    expect(apply({ key: 'k1', override })).toEqual({ 'api-key': 'k1' })
  })

  it('is missed where there is none, with a word on what to do', () => {
    expect(() => apply({ missing: 'set AZURE_OPENAI_API_KEY' })).toThrow(
      'missing upstream credential: set AZURE_OPENAI_API_KEY',
    )
  })
})
