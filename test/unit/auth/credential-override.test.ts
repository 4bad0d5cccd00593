import { describe, expect, it } from 'vitest'
import {
  readOverrideAwsCredentials,
  readOverrideKey,
} from '../../../src/auth/credential-override.ts'
import { overrideHeaders } from '../../../src/config/credential-headers.ts'
import { GatewayError } from '../../../src/errors.ts'

function failure(work: () => unknown): GatewayError {
  try {
    work()
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

const key = (fallbackToConfigured: boolean) => ({ header: 'x-tenant-key', fallbackToConfigured })
const aws = (fallbackToConfigured: boolean) => ({ header: 'x-t-', fallbackToConfigured })

describe('overrideHeaders', () => {
  it('names the headers that must not go upstream', () => {
    expect(overrideHeaders({ type: 'APIKey', override: key(true) })).toEqual(['x-tenant-key'])
    expect(overrideHeaders({ type: 'AWSCredentials', region: 'r', override: aws(false) })).toEqual([
      'x-t-access-key-id',
      'x-t-secret-access-key',
      'x-t-session-token',
    ])
  })

  it('names none where nothing is overridden', () => {
    expect(overrideHeaders({ type: 'APIKey' })).toEqual([])
    expect(overrideHeaders({ type: 'AWSCredentials', region: 'r' })).toEqual([])
    expect(overrideHeaders({ type: 'Unsupported', credential: 'x' })).toEqual([])
  })
})

describe('readOverrideKey', () => {
  it.each([true, false])('takes the trimmed key, with fallback %s', (fallback) => {
    const incoming = new Headers({ 'X-Tenant-Key': ' k ' })
    expect(readOverrideKey(key(fallback), incoming)).toBe('k')
  })

  it.each([new Headers(), new Headers({ 'x-tenant-key': ' \t' })])(
    'takes absent and blank for absent',
    (incoming) => {
      expect(readOverrideKey(key(true), incoming)).toBeUndefined()
      const error = failure(() => readOverrideKey(key(false), incoming))
      expect([error.kind, error.status, error.message]).toEqual([
        'credential-missing',
        401,
        'missing upstream credential',
      ])
    },
  )

  it('reads no header where nothing is overridden', () => {
    expect(readOverrideKey(undefined, new Headers({ 'x-aigw-api-key': 'k' }))).toBeUndefined()
  })
})

describe('readOverrideAwsCredentials', () => {
  const incoming = (parts: { id?: string; secret?: string; token?: string }): Headers => {
    const headers = new Headers()
    if (parts.id !== undefined) headers.set('x-t-access-key-id', parts.id)
    if (parts.secret !== undefined) headers.set('x-t-secret-access-key', parts.secret)
    if (parts.token !== undefined) headers.set('x-t-session-token', parts.token)
    return headers
  }

  it.each([true, false])('takes whole credentials, with fallback %s', (fallback) => {
    expect(readOverrideAwsCredentials(aws(fallback), incoming({ id: 'A', secret: 'S' }))).toEqual({
      accessKeyId: 'A',
      secretAccessKey: 'S',
    })
    expect(
      readOverrideAwsCredentials(aws(fallback), incoming({ id: 'A', secret: 'S', token: 'T' })),
    ).toEqual({ accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' })
  })

  it.each([
    [{ id: 'SECRETVALUE' }, 'secret-access-key'],
    [{ secret: 'SECRETVALUE' }, 'access-key-id'],
    [{ token: 'SECRETVALUE' }, 'access-key-id'],
    [{ id: 'SECRETVALUE', token: 'SECRETVALUE' }, 'secret-access-key'],
    [{ secret: 'SECRETVALUE', token: 'SECRETVALUE' }, 'access-key-id'],
    [{ id: 'SECRETVALUE', secret: ' ' }, 'secret-access-key'],
    [{ id: '', secret: 'SECRETVALUE' }, 'access-key-id'],
  ])('refuses the part %j even with a fallback, and shows no value', (parts, absent) => {
    for (const fallback of [true, false]) {
      const error = failure(() => readOverrideAwsCredentials(aws(fallback), incoming(parts)))
      expect([error.kind, error.status, error.message]).toEqual([
        'malformed-request',
        400,
        `incomplete per-request AWS credential: x-t-${absent} is missing`,
      ])
    }
  })

  it('falls back, or not, where all are absent', () => {
    expect(readOverrideAwsCredentials(aws(true), incoming({}))).toBeUndefined()
    expect(readOverrideAwsCredentials(aws(true), incoming({ token: ' ' }))).toBeUndefined()
    const error = failure(() => readOverrideAwsCredentials(aws(false), incoming({})))
    expect(error.message).toBe('missing upstream credential')
  })
})
