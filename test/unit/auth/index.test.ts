import { describe, expect, it } from 'vitest'
import { createAuth } from '../../../src/auth/index.ts'
import type { AuthSpec } from '../../../src/config/config.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { Ports } from '../../../src/ports.ts'

// Only what the factories take: the rest of the ports would not be touched.
const ports = {
  now: () => 0,
  awsDefaultChain: async () => undefined,
} as Partial<Ports> as Ports

async function apply(spec: AuthSpec): Promise<Map<string, string>> {
  const headers = new Map<string, string>()
  const url = new URL('https://a.example/')
  const request = { method: 'POST', url, headers, body: undefined } as const
  await createAuth(spec, ports).apply(request, new Headers())
  return headers
}

describe('createAuth', () => {
  it('presents each type of credential in its own way', async () => {
    expect((await apply({ type: 'APIKey', key: 'k' })).get('authorization')).toBe('Bearer k')
    const text = '[default]\naws_access_key_id=A\naws_secret_access_key=S'
    const aws = { type: 'AWSCredentials', region: 'r', file: { text, profile: 'default' } } as const
    expect((await apply(aws)).get('authorization')).toMatch(/^AWS4-HMAC-SHA256 Credential=A\//)
  })

  it('says at the request that a type is not supported', async () => {
    const error = await apply({ type: 'Unsupported', credential: 'AzureCredentials' }).catch(
      (reason: unknown) => reason,
    )
    if (!GatewayError.is(error)) throw error
    expect([error.kind, error.status, error.message]).toEqual([
      'no-translator',
      501,
      'unsupported: the credential type AzureCredentials does not work yet',
    ])
  })
})
