import { describe, expect, it } from 'vitest'
import { createApiKeyAuth } from '../../../src/auth/api-key.ts'
import type { ApiKeyAuthSpec } from '../../../src/config/config.ts'
import { GatewayError } from '../../../src/errors.ts'

function apply(
  spec: Omit<ApiKeyAuthSpec, 'type'>,
  incoming: Record<string, string> = {},
  headers = new Map<string, string>(),
): Record<string, string> {
  const request = {
    method: 'POST',
    url: new URL('https://a.example/'),
    headers,
    body: undefined,
  } as const
  const done = createApiKeyAuth({ type: 'APIKey', ...spec }).apply(request, new Headers(incoming))
  expect(done).toBeUndefined()
  return Object.fromEntries(headers)
}

function failure(spec: Omit<ApiKeyAuthSpec, 'type'>): GatewayError {
  try {
    apply(spec)
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('an API key', () => {
  it('goes out trimmed, as bearer token, at once', () => {
    expect(apply({ key: ' sk-1\n' })).toEqual({ authorization: 'Bearer sk-1' })
  })

  it('replaces the client’s own', () => {
    const headers = new Map([['authorization', 'Bearer client']])
    expect(apply({ key: 'sk-1' }, { authorization: 'Bearer client' }, headers)).toEqual({
      authorization: 'Bearer sk-1',
    })
  })

  it.each([undefined, '', ' \n'])('is missed where it is %j, with a word on what to do', (key) => {
    const spec = key === undefined ? {} : { key }
    const error = failure({ ...spec, missing: 'set TARS_API_KEY' })
    expect([error.kind, error.status, error.message]).toEqual([
      'credential-missing',
      401,
      'missing upstream credential: set TARS_API_KEY',
    ])
    expect(failure(spec).message).toBe('missing upstream credential')
  })

  it.each(['a\nSECRET', 'a\rSECRET', 'a\0SECRET', 'aŁSECRET'])(
    'is refused where no header can carry it, and not shown',
    (key) => {
      const error = failure({ key })
      expect(error.kind).toBe('credential-unavailable')
      expect(error.message).not.toContain('SECRET')
    },
  )

  it('may hold any Latin-1 character', () => {
    expect(apply({ key: 'aÿ' })).toEqual({ authorization: 'Bearer aÿ' })
  })

  const override = { header: 'x-aigw-api-key', fallbackToConfigured: true }
  const strict = { ...override, fallbackToConfigured: false }

  it('gives way to one that comes with the request', () => {
    const incoming = { 'x-aigw-api-key': 'tenant' }
    expect(apply({ key: 'sk-1', override }, incoming).authorization).toBe('Bearer tenant')
    expect(apply({ key: 'sk-1', override: strict }, incoming).authorization).toBe('Bearer tenant')
    expect(apply({ override: strict }, incoming).authorization).toBe('Bearer tenant')
  })

  it('stands in for one that does not come, where it may', () => {
    expect(apply({ key: 'sk-1', override }).authorization).toBe('Bearer sk-1')
    expect(failure({ key: 'sk-1', override: strict, missing: 'set X' }).message).toBe(
      'missing upstream credential',
    )
    expect(failure({ override, missing: 'set X' }).message).toBe(
      'missing upstream credential: set X',
    )
  })
})
