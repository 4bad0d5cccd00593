// AWS Signature Version 4 of a request whose bytes are final
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import { AwsV4Signer } from 'aws4fetch'
import { joinPieces } from '../pieces.ts'
import type { AwsCredentials, Digests } from '../ports.ts'
import type { Sealed } from './auth.ts'

/** What one backend's configured credentials keep between requests; never those that come with a request. */
export interface SigningMemory {
  /** Derived keys: one lasts for a day and a region. */
  readonly keys: Map<string, ArrayBuffer>
  /** What is the same in all requests of one second to one resource. */
  last?: Prepared
}

export const createSigningMemory = (): SigningMemory => ({ keys: new Map() })

/** More than one of a day come only when credentials are replaced. */
const maxSigningKeys = 16

export interface SigningScope {
  readonly service: string
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Absent: all is made anew. */
  readonly memory?: SigningMemory | undefined
  /** Absent: WebCrypto's. */
  readonly digests?: Digests | undefined
}

/**
 * Adds `authorization`, `x-amz-date` and, with temporary credentials, `x-amz-security-token`. Signed are
 * `host` and the latter two: a proxy on the way may add or change any other header.
 */
export function signRequest(
  request: Sealed,
  credentials: AwsCredentials,
  scope: SigningScope,
): void | Promise<void> {
  const { digests, memory = createSigningMemory() } = scope
  if (memory.keys.size >= maxSigningKeys) memory.keys.clear()
  if (digests !== undefined) {
    const known = memory.last
    const prepared =
      known !== undefined && isFor(known, request, credentials, scope)
        ? known
        : prepare(request, credentials, scope, memory)
    memory.last = prepared
    setHeaders(request, prepared.signer, writeAuthorization(prepared, request.body, digests))
    return
  }
  const signer = createSigner(request, credentials, scope, memory)
  signer.body = request.body && joinPieces(request.body)
  return signer.authHeader().then((authorization) => setHeaders(request, signer, authorization))
}

/** Builds all of the canonical request but the body's hash. */
function createSigner(
  request: Sealed,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  { service, region, now }: SigningScope,
  { keys }: SigningMemory,
): AwsV4Signer {
  const signer = new AwsV4Signer({
    method: request.method,
    url: signedUrl(request),
    accessKeyId,
    secretAccessKey,
    service,
    region,
    datetime: new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
    cache: keys,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  })
  // The signer would collapse slashes, which a service other than S3 gets as they stand on the wire.
  signer.encodedPath = encodePath(request.url.pathname)
  return signer
}

function setHeaders({ headers }: Sealed, signer: AwsV4Signer, authorization: string): void {
  // A stale one would be believed although it is not signed.
  headers.delete('x-amz-security-token')
  headers.delete('x-amz-content-sha256')
  signer.headers.forEach((value, name) => {
    headers.set(name, value)
  })
  headers.set('authorization', authorization)
}

interface Prepared {
  readonly signer: AwsV4Signer
  readonly method: Sealed['method']
  readonly href: string
  readonly host: string | undefined
  readonly credentials: AwsCredentials
  readonly second: number
  /** The canonical request up to the body's hash. */
  readonly canonical: string
}

const secondOf = (ms: number) => Math.floor(ms / 1000)

function isFor(
  known: Prepared,
  { method, url, headers }: Sealed,
  credentials: AwsCredentials,
  { now, region, service }: SigningScope,
): boolean {
  return (
    known.credentials === credentials &&
    known.second === secondOf(now) &&
    known.method === method &&
    known.signer.region === region &&
    known.signer.service === service &&
    known.host === headers.get('host') &&
    known.href === url.href
  )
}

function prepare(
  request: Sealed,
  credentials: AwsCredentials,
  scope: SigningScope,
  memory: SigningMemory,
): Prepared {
  const signer = createSigner(request, credentials, scope, memory)
  const { encodedPath, encodedSearch, canonicalHeaders, signedHeaders } = signer
  return {
    signer,
    method: request.method,
    href: request.url.href,
    host: request.headers.get('host'),
    credentials,
    second: secondOf(scope.now),
    canonical: `${request.method}\n${encodedPath}\n${encodedSearch}\n${canonicalHeaders}\n\n${signedHeaders}\n`,
  }
}

/** What `signer.authHeader()` resolves to, without waiting. */
function writeAuthorization(
  { signer, canonical }: Prepared,
  body: Sealed['body'],
  digests: Digests,
): string {
  const { accessKeyId, credentialString, datetime, signedHeaders } = signer
  const hash = digests.sha256([canonical, digests.sha256(body ?? [])])
  const text = `AWS4-HMAC-SHA256\n${datetime}\n${credentialString}\n${hash}`
  const signature = writeHex(digests.hmacSha256(signingKey(signer, digests), text))
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${credentialString}, SignedHeaders=${signedHeaders}, Signature=${signature}`
}

/** The key of a day, derived once. */
function signingKey(
  { secretAccessKey, credentialString, cache }: AwsV4Signer,
  { hmacSha256 }: Digests,
): ArrayBuffer {
  const name = `${secretAccessKey},${credentialString}`
  let key = cache.get(name)
  if (key === undefined) {
    const [date = '', region = '', service = '', end = ''] = credentialString.split('/')
    const ofDay = hmacSha256(`AWS4${secretAccessKey}`, date)
    key = hmacSha256(hmacSha256(hmacSha256(ofDay, region), service), end)
    cache.set(name, key)
  }
  return key
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function writeHex(bytes: ArrayBuffer): string {
  let text = ''
  for (const byte of new Uint8Array(bytes)) text += hexOfByte[byte]
  return text
}

/** The URL with the host that goes out in `host`, a port that is not the scheme's own included. */
function signedUrl(request: Sealed): string {
  const host = request.headers.get('host')
  if (host === undefined) return request.url.href
  const url = new URL(request.url)
  // A host without a port would keep the URL's own.
  url.port = ''
  url.host = host
  return url.href
}

/**
 * The path as it stands on the wire, percent-encoded once more: `%2F` becomes `%252F`, `:` becomes
 * `%3A`. A `URL` has resolved dot segments before, so what would hold any is refused elsewhere.
 */
function encodePath(path: string): string {
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
