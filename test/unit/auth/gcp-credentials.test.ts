import { createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import type { Sealed } from '../../../src/auth/auth.ts'
import { createGcpAuth, type GcpPorts } from '../../../src/auth/gcp-credentials.ts'
import type { GcpAuthSpec } from '../../../src/config/config.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { UpstreamRequest } from '../../../src/ports.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const account = {
  type: 'service_account',
  private_key_id: 'k-7',
  private_key: pkcs8,
  client_email: 'robot@p.iam.gserviceaccount.com',
  token_uri: 'https://tokens.example/token',
}
const serviceAccount = JSON.stringify(account)

interface Asked {
  readonly url: string
  readonly init: UpstreamRequest
  readonly form: URLSearchParams
}

type Answer = (asked: Asked) => Response | Promise<Response>

const granted: Answer = () => Response.json({ access_token: 'ya29.token', expires_in: 3599 })

function setUp(
  spec: Omit<GcpAuthSpec, 'type' | 'project' | 'region'>,
  answer: Answer = granted,
  gcpDefaultCredentials: GcpPorts['gcpDefaultCredentials'] = async () => undefined,
) {
  const clock = createFakeClock()
  const asked: Asked[] = []
  const auth = createGcpAuth(
    { type: 'GCPCredentials', project: 'p', region: 'r', ...spec },
    {
      now: clock.now,
      schedule: clock.schedule,
      log: vi.fn(),
      gcpDefaultCredentials,
      async fetch(url, init) {
        const form = new URLSearchParams(new TextDecoder().decode(init.body))
        asked.push({ url, init, form })
        return answer({ url, init, form })
      },
    },
  )
  return { auth, asked, clock }
}

function seal(): Sealed {
  return {
    method: 'POST',
    url: new URL('https://v.example/x'),
    headers: new Map(),
    body: undefined,
  }
}

async function authorization(
  { auth }: Pick<ReturnType<typeof setUp>, 'auth'>,
  incoming: Record<string, string> = {},
): Promise<string | undefined> {
  const request = seal()
  await auth.apply(request, new Headers(incoming))
  return request.headers.get('authorization')
}

async function failure(parts: Pick<ReturnType<typeof setUp>, 'auth'>): Promise<GatewayError> {
  const error = await authorization(parts).catch((reason: unknown) => reason)
  if (!GatewayError.is(error)) throw error
  return error
}

function decode(part: string | undefined): unknown {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString())
}

describe('a service account', () => {
  it('gets a token for an assertion that its key has signed', async () => {
    const parts = setUp({ serviceAccount })
    expect(await authorization(parts)).toBe('Bearer ya29.token')
    const [{ url, init, form } = {} as Asked] = parts.asked
    expect([url, init.method, init.redirect]).toEqual([account.token_uri, 'POST', 'manual'])
    expect(init.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
    const [head, claims, signature] = (form.get('assertion') ?? '').split('.')
    expect(decode(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k-7' })
    expect(decode(claims)).toEqual({
      iss: account.client_email,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: account.token_uri,
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    })
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`)
    expect(verify.verify(publicKey, signature ?? '', 'base64url')).toBe(true)
  })

  it.each([
    ['PKCS#1', pkcs1],
    ['PKCS#8 with \\n for its line breaks', pkcs8.replaceAll('\n', '\\n')],
    ['PKCS#8 with CRLF', pkcs8.replaceAll('\n', '\r\n')],
  ])('may have its key as %s', async (_, private_key) => {
    const parts = setUp({ serviceAccount: JSON.stringify({ ...account, private_key }) })
    await authorization(parts)
    const [head, claims, signature] = (parts.asked[0]?.form.get('assertion') ?? '').split('.')
    const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`)
    expect(verify.verify(publicKey, signature ?? '', 'base64url')).toBe(true)
  })

  it('asks Google where the file names no endpoint', async () => {
    const { token_uri: _, ...rest } = account
    const parts = setUp({ serviceAccount: JSON.stringify(rest) })
    await authorization(parts)
    expect(parts.asked[0]?.url).toBe('https://oauth2.googleapis.com/token')
  })

  it('asks once for a hundred requests at once', async () => {
    const parts = setUp({ serviceAccount })
    const all = await Promise.all(Array.from({ length: 100 }, () => authorization(parts)))
    expect(new Set(all)).toEqual(new Set(['Bearer ya29.token']))
    expect(parts.asked).toHaveLength(1)
  })

  it('returns nothing to wait for while a token is at hand', async () => {
    const parts = setUp({ serviceAccount })
    await authorization(parts)
    expect(parts.auth.apply(seal(), new Headers())).toBeUndefined()
  })

  it('gets another token after the provider has refused its own', async () => {
    let count = 0
    const parts = setUp({ serviceAccount }, () =>
      Response.json({ access_token: `t${++count}`, expires_in: 3600 }),
    )
    const request = seal()
    await parts.auth.apply(request, new Headers())
    expect(parts.auth.renew?.(request)).toBe(true)
    expect(parts.auth.renew?.(request)).toBe(false)
    expect(await authorization(parts)).toBe('Bearer t2')
  })

  it.each<[string, string, string]>([
    ['not JSON', '{', 'the credentials file is not JSON'],
    ['no object', '[]', 'the credentials file is not a JSON object'],
    ['no type', '{}', 'the credentials file has no type'],
    [
      'another type',
      '{"type":"external_account"}',
      'credentials of type external_account are not supported yet; use a key file of a service account',
    ],
    [
      'no e-mail address',
      JSON.stringify({ ...account, client_email: ' ' }),
      'the credentials file has no client_email',
    ],
    [
      'a bad endpoint',
      JSON.stringify({ ...account, token_uri: 'file:///etc/passwd' }),
      'token_uri of the credentials file is no http URL',
    ],
    [
      'a key that is none',
      JSON.stringify({ ...account, private_key: 'SECRET' }),
      'the private_key of the credentials file is no RSA key in PEM',
    ],
    [
      'a key of other bytes',
      JSON.stringify({
        ...account,
        private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      }),
      'the private_key of the credentials file is no RSA key in PEM',
    ],
  ])('fails its requests alone with %s', async (_, json, reason) => {
    const parts = setUp({ serviceAccount: json })
    const error = await failure(parts)
    expect([error.kind, error.status, error.message]).toEqual([
      'credential-unavailable',
      503,
      `upstream credential unavailable: cannot retrieve GCP credentials: ${reason}`,
    ])
    expect(parts.asked).toHaveLength(0)
  })

  it.each<[string, Answer, string, string | undefined]>([
    [
      'an OAuth error',
      () => Response.json({ error: 'invalid_grant', error_description: 'SECRET' }, { status: 400 }),
      'the token endpoint answered 400 invalid_grant',
      undefined,
    ],
    [
      'an outage',
      () => new Response('<html>', { status: 503 }),
      'the token endpoint answered 503',
      '5',
    ],
    [
      'too many requests',
      () => new Response('', { status: 429 }),
      'the token endpoint answered 429',
      '5',
    ],
    [
      'a redirect',
      () => new Response('', { status: 302 }),
      'the token endpoint answered 302',
      undefined,
    ],
    [
      'no token',
      () => Response.json({ access_token: '', expires_in: 1 }),
      'the token endpoint answered without an access_token',
      '5',
    ],
    [
      'no JSON',
      () => new Response('ok'),
      'the token endpoint answered without an access_token',
      '5',
    ],
    [
      'a dead line',
      () => Promise.reject(new Error('ECONNREFUSED')),
      'the token endpoint cannot be reached',
      '5',
    ],
  ])('says so when the token endpoint has %s', async (_, answer, reason, retryAfter) => {
    const error = await failure(setUp({ serviceAccount }, answer))
    expect([error.kind, error.message, error.headers['retry-after']]).toEqual([
      'credential-unavailable',
      `upstream credential unavailable: cannot retrieve GCP credentials: ${reason}`,
      retryAfter,
    ])
  })

  it('waits ten seconds for a token and no longer', async () => {
    const parts = setUp(
      { serviceAccount },
      ({ init }) =>
        new Promise((_, reject) => {
          init.signal.addEventListener('abort', () => reject(init.signal.reason))
        }),
    )
    const failed = failure(parts)
    await vi.waitFor(() => expect(parts.clock.pending()).toBe(1))
    await parts.clock.advance(9_999)
    expect(parts.asked[0]?.init.signal.aborted).toBe(false)
    await parts.clock.advance(1)
    expect((await failed).message).toMatch(/did not answer in time$/)
  })

  it('leaves no timer behind', async () => {
    const parts = setUp({ serviceAccount })
    await authorization(parts)
    expect(parts.clock.pending()).toBe(0)
  })
})

describe('a token of the request', () => {
  const override = { header: 'x-aigw-gcp-access-token', fallbackToConfigured: true }

  it('goes first, and is not dropped for what the provider says', async () => {
    const parts = setUp({ serviceAccount, override })
    expect(await authorization(parts, { 'x-aigw-gcp-access-token': ' mine ' })).toBe('Bearer mine')
    expect(parts.asked).toHaveLength(0)
    const request = seal()
    request.headers.set('authorization', 'Bearer mine')
    expect(parts.auth.renew?.(request)).toBe(false)
  })

  it('leaves the configured credential to requests without one', async () => {
    expect(await authorization(setUp({ serviceAccount, override }))).toBe('Bearer ya29.token')
  })

  it('is all there is where nothing may stand in', async () => {
    const alone = { ...override, fallbackToConfigured: false }
    const error = await failure(setUp({ serviceAccount, override: alone }))
    expect([error.kind, error.status]).toEqual(['credential-missing', 401])
  })
})

describe('without a credentials file', () => {
  it('a request learns what to set', async () => {
    const error = await failure(setUp({ missing: 'set GCP_KEY' }))
    expect([error.status, error.message]).toEqual([401, 'missing upstream credential: set GCP_KEY'])
  })

  it('a machine without default credentials learns what they are', async () => {
    const error = await failure(setUp({}))
    expect(error.status).toBe(401)
    expect(error.message).toMatch(
      /^missing upstream credential: set GOOGLE_APPLICATION_CREDENTIALS/,
    )
  })

  it("uses a person's login, and notices a new one", async () => {
    const login = (refresh_token: string) =>
      JSON.stringify({
        type: 'authorized_user',
        client_id: 'id',
        client_secret: 'secret',
        refresh_token,
      })
    let current = login('r1')
    const parts = setUp({}, granted, async () => current)
    expect(await authorization(parts)).toBe('Bearer ya29.token')
    expect(Object.fromEntries(parts.asked[0]?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      client_id: 'id',
      client_secret: 'secret',
      refresh_token: 'r1',
    })
    current = login('r2')
    await parts.clock.advance(3_600_000)
    await authorization(parts)
    expect(parts.asked[1]?.form.get('refresh_token')).toBe('r2')
  })
})
