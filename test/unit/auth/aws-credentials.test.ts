import { describe, expect, it, vi } from 'vitest'
import type { Sealed } from '../../../src/auth/auth.ts'
import { createAwsAuth } from '../../../src/auth/aws-credentials.ts'
import type { AwsAuthSpec } from '../../../src/config/config.ts'
import { GatewayError } from '../../../src/errors.ts'
import type { AwsCredentials } from '../../../src/ports.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const text =
  '[default]\naws_access_key_id=AKIDEXAMPLE\naws_secret_access_key=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n' +
  '[team-a]\naws_access_key_id=AKIDTEAM\naws_secret_access_key=SECRETTEAM\naws_session_token=TOKEN\n'
const file = { text, profile: 'default' }

function seal(
  body: Uint8Array<ArrayBuffer> = new TextEncoder().encode(
    '{"messages":[{"role":"user","content":[{"text":"hi"}]}]}',
  ),
  host = 'bedrock-runtime.us-east-1.amazonaws.com',
): Sealed {
  const url = new URL(`https://${host}/model/us.amazon.nova-micro-v1:0/converse`)
  return { method: 'POST', url, headers: new Map(), body: [body] }
}

function auth(
  spec: Omit<AwsAuthSpec, 'type' | 'region'>,
  chain: () => Promise<AwsCredentials | undefined> = async () => {
    throw new Error('the chain was asked')
  },
) {
  return createAwsAuth(
    { type: 'AWSCredentials', region: 'us-east-1', ...spec },
    { now: () => now, awsDefaultChain: chain, digests: undefined },
  )
}

async function authorization(
  backend: ReturnType<typeof auth>,
  incoming: Record<string, string> = {},
  request = seal(),
): Promise<string> {
  await backend.apply(request, new Headers(incoming))
  return request.headers.get('authorization') ?? ''
}

async function failure(
  backend: ReturnType<typeof auth>,
  incoming: Record<string, string> = {},
): Promise<GatewayError> {
  const request = seal()
  const error = await authorization(backend, incoming, request).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect([...request.headers]).toEqual([])
  if (!GatewayError.is(error)) throw error ?? new Error('it did not fail')
  return error
}

describe('AWS credentials', () => {
  it('sign with the configured file, for the service bedrock', async () => {
    expect(await authorization(auth({ file }))).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, ' +
        'SignedHeaders=host;x-amz-date, ' +
        'Signature=76b00c1833e456f5517b8912abbf805507f885ab667261a58168b5b44728c50f',
    )
  })

  it('sign 100 requests at once, each for its own body', async () => {
    const backend = auth({ file })
    const requests = Array.from({ length: 100 }, (_, index) =>
      seal(new TextEncoder().encode(`{"n":${index % 50}}`)),
    )
    const together = await Promise.all(
      requests.map((request) => authorization(backend, {}, request)),
    )
    expect(new Set(together).size).toBe(50)
    const alone = await authorization(backend, {}, seal(new TextEncoder().encode('{"n":7}')))
    expect(together.filter((each) => each === alone)).toHaveLength(2)
  })

  it('honour the profile of the file', async () => {
    const request = seal()
    const value = await authorization(auth({ file: { text, profile: 'team-a' } }), {}, request)
    expect(value).toContain('Credential=AKIDTEAM/')
    expect(value).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,')
    expect(request.headers.get('x-amz-security-token')).toBe('TOKEN')
  })

  it('name a profile that the file does not have, at the request', async () => {
    const error = await failure(auth({ file: { text, profile: 'nobody' } }))
    expect(error.kind).toBe('credential-unavailable')
    expect(error.status).toBe(503)
    expect(error.message).toContain('there is no profile "nobody"')
    expect(error.message).not.toMatch(/AKID|SECRET/)
  })

  it.each([
    ['bedrock-runtime.eu-west-1.amazonaws.com', undefined, 'eu-west-1'],
    ['bedrock-runtime.eu-west-1.amazonaws.com:8443', undefined, 'eu-west-1'],
    ['proxy.example', undefined, 'us-east-1'],
    ['10.0.0.1', 'bedrock-runtime.eu-west-1.amazonaws.com:8443', 'eu-west-1'],
  ])('sign for the region of the host %s (host header %s)', async (host, header, region) => {
    const request = seal(undefined, host)
    if (header !== undefined) request.headers.set('host', header)
    expect(await authorization(auth({ file }), {}, request)).toContain(
      `/20260102/${region}/bedrock/`,
    )
  })

  it('come from the default chain without a file, asked anew for each request', async () => {
    let count = 0
    const backend = auth({}, async () => ({ accessKeyId: `A${++count}`, secretAccessKey: 'S' }))
    expect(await authorization(backend)).toContain('Credential=A1/')
    expect(await authorization(backend)).toContain('Credential=A2/')
  })

  it('are missed where the chain finds none', async () => {
    const error = await failure(auth({ missing: 'set AWS_PROFILE' }, async () => undefined))
    expect([error.kind, error.message]).toEqual([
      'credential-missing',
      'missing upstream credential: set AWS_PROFILE',
    ])
  })

  it('are missed where the file is a placeholder', async () => {
    const placeholder = { text: 'placeholder', profile: 'default' }
    const error = await failure(auth({ file: placeholder, missing: 'set AWS_FILE' }))
    expect(error.message).toBe('missing upstream credential: set AWS_FILE')
  })

  it('are unavailable where the chain fails, and the reason is for the log alone', async () => {
    const cause = new Error('SECRET')
    const error = await failure(auth({}, () => Promise.reject(cause)))
    expect([error.kind, error.status]).toEqual(['credential-unavailable', 503])
    expect(error.message).toBe('upstream credential unavailable: cannot retrieve AWS credentials')
    expect(error.cause).toBe(cause)
    expect(error.headers).toEqual({ 'retry-after': '5' })
  })

  it('pass on what the chain says for the client', async () => {
    const said = new GatewayError('credential-unavailable', 'there is no profile "x"')
    expect(await failure(auth({}, () => Promise.reject(said)))).toBe(said)
  })

  const header = 'x-aigw-aws-'
  const own = { [`${header}access-key-id`]: 'TENANT', [`${header}secret-access-key`]: 'S' }

  it.each([true, false])('give way to those of the request, with fallback %s', async (fallback) => {
    const chain = vi.fn()
    const backend = auth({ override: { header, fallbackToConfigured: fallback } }, chain)
    const request = seal()
    expect(
      await authorization(backend, { ...own, [`${header}session-token`]: 'T' }, request),
    ).toContain('Credential=TENANT/')
    expect(request.headers.get('x-amz-security-token')).toBe('T')
    expect(chain).not.toHaveBeenCalled()
  })

  it('stand in where the request brings none, if they may', async () => {
    const override = { header, fallbackToConfigured: true }
    expect(await authorization(auth({ file, override }))).toContain('Credential=AKIDEXAMPLE/')
    const strict = auth({ file, override: { header, fallbackToConfigured: false } })
    expect((await failure(strict)).message).toBe('missing upstream credential')
  })

  it('never stand in for a part of the request’s', async () => {
    const override = { header, fallbackToConfigured: true }
    const error = await failure(auth({ file, override }), { [`${header}session-token`]: 'T' })
    expect([error.kind, error.status]).toEqual(['malformed-request', 400])
  })
})
