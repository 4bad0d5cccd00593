import { describe, expect, it, vi } from 'vitest'
import type { Sealed } from '../../../src/auth/auth.ts'
import { createAzureAuth } from '../../../src/auth/azure-credentials.ts'
import type { AzureAuthSpec } from '../../../src/config/config.ts'
import { GatewayError } from '../../../src/errors.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

interface Asked {
  readonly url: string
  readonly method: string
  readonly form: Readonly<Record<string, string>>
}

const granted = () => Response.json({ access_token: 'token-1', expires_in: '3599' })

function setUp(spec: Partial<AzureAuthSpec> = {}, answer: () => Response = granted) {
  const clock = createFakeClock()
  const asked: Asked[] = []
  const auth = createAzureAuth(
    {
      type: 'AzureCredentials',
      tenantId: 't-1',
      clientId: 'c-1',
      clientSecret: ' s-1\n',
      ...spec,
    },
    {
      now: clock.now,
      schedule: clock.schedule,
      log: vi.fn(),
      async fetch(url, { method, body }) {
        const form = new URLSearchParams(new TextDecoder().decode(body))
        asked.push({ url, method, form: Object.fromEntries(form) })
        return answer()
      },
    },
  )
  const seal = (): Sealed => ({
    method: 'POST',
    url: new URL('https://r.openai.azure.com/'),
    headers: new Map(),
    body: undefined,
  })
  const authorize = async (incoming: Record<string, string> = {}) => {
    const request = seal()
    await auth.apply(request, new Headers(incoming))
    return request.headers.get('authorization')
  }
  const failure = async () => {
    const error = await authorize().catch((reason: unknown) => reason)
    if (!GatewayError.is(error)) throw new Error('it did not fail')
    return error
  }
  return { auth, asked, clock, authorize, failure, seal }
}

describe('an application of Azure', () => {
  it('gets a token for its secret, once for many requests', async () => {
    const { authorize, asked, clock } = setUp()
    expect(await Promise.all([authorize(), authorize()])).toEqual([
      'Bearer token-1',
      'Bearer token-1',
    ])
    expect(await authorize()).toBe('Bearer token-1')
    expect(asked).toEqual([
      {
        url: 'https://login.microsoftonline.com/t-1/oauth2/v2.0/token',
        method: 'POST',
        form: {
          client_id: 'c-1',
          scope: 'https://cognitiveservices.azure.com/.default',
          grant_type: 'client_credentials',
          client_secret: 's-1',
        },
      },
    ])
    await clock.advance(3_600_000)
    await authorize()
    expect(asked).toHaveLength(2)
  })

  it('asks the authority of its own cloud', async () => {
    const { authorize, asked } = setUp({ authority: 'https://login.microsoftonline.us/' })
    await authorize()
    expect(asked[0]?.url).toBe('https://login.microsoftonline.us/t-1/oauth2/v2.0/token')
  })

  it('gets another token where the provider refuses the one at hand', async () => {
    const { auth, authorize, asked, seal } = setUp()
    const request = seal()
    await auth.apply(request, new Headers())
    expect(auth.renew?.(request)).toBe(true)
    expect(auth.renew?.(request)).toBe(false)
    await authorize()
    expect(asked).toHaveLength(2)
  })

  it('gives way to a token that came with the request', async () => {
    const override = { header: 'x-aigw-azure-access-token', fallbackToConfigured: true }
    const { authorize, asked } = setUp({ override })
    const incoming = { 'x-aigw-azure-access-token': 'theirs' }
    expect(await authorize(incoming)).toBe('Bearer theirs')
    expect(asked).toEqual([])
    expect(await authorize()).toBe('Bearer token-1')
  })

  it.each([
    [
      {},
      () => Response.json({ error: 'invalid_client', error_description: 's-1' }, { status: 401 }),
      'the token endpoint answered 401 invalid_client',
    ],
    [{}, () => Response.json({}), 'the token endpoint answered without an access_token'],
    [{ tenantId: '../x' }, granted, 'the tenant ID is malformed'],
    [{ authority: 'login.microsoft' }, granted, 'AZURE_AUTHORITY_HOST is no http URL'],
  ])('is unavailable, without a word of its secret (%#)', async (spec, answer, reason) => {
    const { kind, message } = await setUp(spec, answer).failure()
    expect([kind, message]).toEqual([
      'credential-unavailable',
      `upstream credential unavailable: cannot retrieve Azure credentials: ${reason}`,
    ])
  })

  it('is missed where it has no secret', async () => {
    const { auth, seal } = setUp()
    expect(auth.apply(seal(), new Headers())).toBeInstanceOf(Promise)
    const bare = createAzureAuth(
      { type: 'AzureCredentials', tenantId: 't', clientId: 'c', missing: 'set AZURE_SECRET' },
      { fetch: vi.fn(), now: () => 0, schedule: vi.fn(), log: vi.fn() },
    )
    expect(() => bare.apply(seal(), new Headers())).toThrow(
      'missing upstream credential: set AZURE_SECRET',
    )
  })
})
