import { beforeEach, describe, expect, it } from 'vitest'
import { nodeDigests } from '../../../runtime-node/digests.ts'
import type { Sealed } from '../../../src/auth/auth.ts'
import { createSigningMemory, type SigningScope, signRequest } from '../../../src/auth/sigv4.ts'
import type { AwsCredentials } from '../../../src/ports.ts'

const keys = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const bodyText = '{"messages":[{"role":"user","content":[{"text":"hi"}]}]}'

function request(url: string, more: Partial<Sealed> = {}): Sealed {
  const body = new TextEncoder().encode(bodyText)
  return { method: 'POST', url: new URL(url), headers: new Map(), body: [body], ...more }
}

let digests: SigningScope['digests']

async function sign(
  sealed: Sealed,
  credentials: AwsCredentials = keys,
  scope: Partial<SigningScope> = {},
): Promise<{ signature: string | undefined; headers: Record<string, string> }> {
  await signRequest(sealed, credentials, {
    service: 'bedrock',
    region: 'us-east-1',
    now,
    digests,
    ...scope,
  })
  const signature = /Signature=([0-9a-f]{64})$/.exec(sealed.headers.get('authorization') ?? '')?.[1]
  return { signature, headers: Object.fromEntries(sealed.headers) }
}

/** The signature of a canonical request, by other code than the product's. */
async function expectedSignature(canonical: string, region = 'us-east-1'): Promise<string> {
  const hex = (bytes: ArrayBuffer): string =>
    [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
  const hmac = async (key: BufferSource, text: string): Promise<ArrayBuffer> => {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const imported = await crypto.subtle.importKey('raw', key, algorithm, false, ['sign'])
    return crypto.subtle.sign('HMAC', imported, encode(text))
  }
  const scope = `20260102/${region}/bedrock/aws4_request`
  let key: BufferSource = encode(`AWS4${keys.secretAccessKey}`)
  for (const part of scope.split('/')) key = await hmac(key, part)
  const digest = hex(await crypto.subtle.digest('SHA-256', encode(canonical)))
  return hex(await hmac(key, `AWS4-HMAC-SHA256\n20260102T030405Z\n${scope}\n${digest}`))
}

const bodyHash = 'c3335e07d6e89650bf94cb98664be69f8774dbc3198df221f113db0a59ea14f0'

describe.each([
  ['WebCrypto', undefined],
  ["Node's digests", nodeDigests],
])('signRequest with %s', (_, given) => {
  beforeEach(() => {
    digests = given
  })

  it('signs a Converse request', async () => {
    const { signature, headers } = await sign(
      request(
        'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.amazon.nova-micro-v1:0/converse',
      ),
    )
    expect(signature).toBe('76b00c1833e456f5517b8912abbf805507f885ab667261a58168b5b44728c50f')
    expect(headers).toEqual({
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, ' +
        `SignedHeaders=host;x-amz-date, Signature=${signature}`,
      'x-amz-date': '20260102T030405Z',
    })
  })

  it('signs a session token and an inference profile', async () => {
    const { signature, headers } = await sign(
      request(
        'https://bedrock-runtime.us-west-2.amazonaws.com/model/arn:aws:bedrock:us-west-2:123456789012:application-inference-profile%2Fabc123/converse-stream',
      ),
      { ...keys, sessionToken: 'SESSIONTOKEN' },
      { region: 'us-west-2' },
    )
    expect(signature).toBe('76d384618dca285571b9cfb5ae6ea83d2c12945bcef021e3c9b3094bbc69dde4')
    expect(headers['x-amz-security-token']).toBe('SESSIONTOKEN')
    expect(headers.authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,')
  })

  it.each([undefined, [], [new Uint8Array()]])('signs a GET with the body %j', async (body) => {
    const { signature } = await sign(
      request('https://bedrock-runtime.us-east-1.amazonaws.com/model/x/invoke', {
        method: 'GET',
        body,
      }),
    )
    expect(signature).toBe('164abead32cd3fcc4465a363bcba6e76d43351b24061ef8677f6cd06d6431cdd')
  })

  // AWS's published suite, aws-sig-v4-test-suite.
  it.each([
    ['get-vanilla', 'GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'post-vanilla',
      'POST',
      '/',
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ] as const)('signs as AWS publishes: %s', async (_, method, path, expected) => {
    const { signature } = await sign(
      request(`https://example.amazonaws.com${path}`, { method, body: undefined }),
      keys,
      { service: 'service', now: Date.UTC(2015, 7, 30, 12, 36, 0) },
    )
    expect(signature).toBe(expected)
  })

  it('signs a session token as AWS publishes: post-sts-header-before', async () => {
    const sessionToken =
      'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='
    const { signature } = await sign(
      request('https://example.amazonaws.com/', { body: undefined }),
      { ...keys, sessionToken },
      { service: 'service', now: Date.UTC(2015, 7, 30, 12, 36, 0) },
    )
    expect(signature).toBe('85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead')
  })

  it.each([
    ['/model/a:b/converse', '/model/a%3Ab/converse'],
    ['/model/a%2Fb/converse', '/model/a%252Fb/converse'],
    ['/model/a%20b/converse', '/model/a%2520b/converse'],
    ['/model/a%25b/converse', '/model/a%2525b/converse'],
    ['/model/@&=+$/converse', '/model/%40%26%3D%2B%24/converse'],
    ["/model/!'()*/converse", '/model/%21%27%28%29%2A/converse'],
    ['/model/-._~/converse', '/model/-._~/converse'],
    ['/model/..a/converse', '/model/..a/converse'],
    ['/model/%C3%A9/converse', '/model/%25C3%25A9/converse'],
    ['/model//a/converse', '/model//a/converse'],
  ])('encodes the path %s once more', async (path, canonicalPath) => {
    const sealed = request(`https://bedrock-runtime.us-east-1.amazonaws.com${path}`)
    expect(sealed.url.pathname).toBe(path)
    const { signature } = await sign(sealed)
    expect(signature).toBe(
      await expectedSignature(
        `POST\n${canonicalPath}\n\nhost:bedrock-runtime.us-east-1.amazonaws.com\n` +
          `x-amz-date:20260102T030405Z\n\nhost;x-amz-date\n${bodyHash}`,
      ),
    )
  })

  it.each([
    ['http://localhost:8080/x', undefined, 'localhost:8080'],
    ['https://localhost:443/x', undefined, 'localhost'],
    ['https://10.0.0.1:8443/x', 'bedrock-runtime.us-east-1.amazonaws.com', undefined],
    ['https://10.0.0.1:8443/x', 'vpce.example:8443', undefined],
  ])('signs the host that is sent: %s with host %s', async (url, host, expected) => {
    const headers = new Map(host === undefined ? [] : [['host', host]])
    const { signature } = await sign(request(url, { headers }))
    expect(headers.get('host')).toBe(host)
    expect(signature).toBe(
      await expectedSignature(
        `POST\n/x\n\nhost:${host ?? expected}\n` +
          `x-amz-date:20260102T030405Z\n\nhost;x-amz-date\n${bodyHash}`,
      ),
    )
  })

  it('signs no other header, and leaves them', async () => {
    const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/x'
    const bare = await sign(request(url))
    const { signature, headers } = await sign(
      request(url, {
        headers: new Map([
          ['content-type', 'application/json'],
          ['x-custom', 'a'],
          ['x-amzn-bedrock-trace', 'ENABLED'],
        ]),
      }),
    )
    expect(signature).toBe(bare.signature)
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-custom': 'a' })
  })

  it('replaces what an earlier signer left', async () => {
    const { headers } = await sign(
      request('https://bedrock-runtime.us-east-1.amazonaws.com/x', {
        headers: new Map([
          ['authorization', 'Bearer client'],
          ['x-amz-date', '20000101T000000Z'],
          ['x-amz-security-token', 'old'],
          ['x-amz-content-sha256', 'old'],
        ]),
      }),
    )
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'x-amz-date'])
    expect(headers['x-amz-date']).toBe('20260102T030405Z')
    expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /)
  })

  it('keeps a bounded number of derived keys, and signs the same with and without them', async () => {
    const memory = createSigningMemory()
    for (let day = 0; day < 40; day++) {
      const scope = { now: now + day * 86_400_000 }
      const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/x'
      const first = await sign(request(url), keys, { ...scope, memory })
      const second = await sign(request(url), keys, { ...scope, memory })
      const without = await sign(request(url), keys, scope)
      expect(first.signature).toBe(without.signature)
      expect(second.signature).toBe(without.signature)
    }
    expect(memory.keys.size).toBeGreaterThan(0)
    expect(memory.keys.size).toBeLessThanOrEqual(16)
  })
})

describe('signRequest', () => {
  it('remembers nothing of a request that differs from the last one', async () => {
    const memory = createSigningMemory()
    const url = 'https://bedrock-runtime.us-east-1.amazonaws.com/x'
    const body = [new TextEncoder().encode('{}')]
    const each: [Sealed, AwsCredentials, Partial<SigningScope>][] = [
      [request(url), keys, {}],
      [request(url, { body }), keys, {}],
      [request(`${url}y`), keys, {}],
      [request(url, { method: 'GET' }), keys, {}],
      [request(url, { headers: new Map([['host', 'vpce.example']]) }), keys, {}],
      [request(url), { ...keys, sessionToken: 'T' }, {}],
      [request(url), keys, { region: 'eu-west-1' }],
      [request(url), keys, { now: now + 1000 }],
      [request(url), keys, { now: now + 1999 }],
    ]
    for (const [sealed, credentials, scope] of each) {
      const again = { ...sealed, headers: new Map(sealed.headers) }
      const remembered = await sign(sealed, credentials, { ...scope, memory, digests: nodeDigests })
      const anew = await sign(again, credentials, { ...scope, digests: undefined })
      expect(remembered).toEqual(anew)
    }
  })

  it('is done when it returns, where digests are at hand', () => {
    const sealed = request('https://bedrock-runtime.us-east-1.amazonaws.com/x')
    const scope = { service: 'bedrock', region: 'us-east-1', now, digests: nodeDigests }
    expect(signRequest(sealed, keys, scope)).toBeUndefined()
    expect(sealed.headers.get('authorization')).toMatch(/Signature=[0-9a-f]{64}$/)
  })
})
