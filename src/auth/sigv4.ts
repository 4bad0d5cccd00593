// AWS Signature Version 4 of a request whose bytes are final
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import { AwsV4Signer } from 'aws4fetch'
import { joinPieces } from '../pieces.ts'
import type { AwsCredentials, Digests } from '../ports.ts'
import type { Sealed } from './auth.ts'

/** Derived keys of one backend's configured credentials; never for those that come with a request. */
export type SigningKeys = Map<string, ArrayBuffer>

/** A key lasts for a day and a region; more come only when credentials are replaced. */
const maxSigningKeys = 16

export interface SigningScope {
  readonly service: string
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Absent: derived anew. */
  readonly keys?: SigningKeys | undefined
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
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const { keys = new Map(), digests } = scope
  if (keys.size >= maxSigningKeys) keys.clear()
  const signer = new AwsV4Signer({
    method: request.method,
    url: signedUrl(request),
    accessKeyId,
    secretAccessKey,
    service: scope.service,
    region: scope.region,
    datetime: new Date(scope.now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
    cache: keys,
    // Hashed by the signer where nothing else does.
    ...(request.body === undefined || digests !== undefined
      ? {}
      : { body: joinPieces(request.body) }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  })
  // The signer would collapse slashes, which a service other than S3 gets as they stand on the wire.
  signer.encodedPath = encodePath(request.url.pathname)
  const take = (authorization: string) => {
    // A stale one would be believed although it is not signed.
    request.headers.delete('x-amz-security-token')
    request.headers.delete('x-amz-content-sha256')
    signer.headers.forEach((value, name) => {
      request.headers.set(name, value)
    })
    request.headers.set('authorization', authorization)
  }
  if (digests === undefined) return signer.authHeader().then(take)
  take(writeAuthorization(signer, request.body, digests))
}

/** What `signer.authHeader()` resolves to, without waiting. */
function writeAuthorization(signer: AwsV4Signer, body: Sealed['body'], digests: Digests): string {
  const { method, encodedPath, encodedSearch, canonicalHeaders, signedHeaders } = signer
  const { accessKeyId, credentialString, datetime } = signer
  const bodyHash = digests.sha256(body ?? [])
  const canonical = `${method}\n${encodedPath}\n${encodedSearch}\n${canonicalHeaders}\n\n${signedHeaders}\n${bodyHash}`
  const text = `AWS4-HMAC-SHA256\n${datetime}\n${credentialString}\n${digests.sha256([canonical])}`
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

function writeHex(bytes: ArrayBuffer): string {
  let text = ''
  for (const byte of new Uint8Array(bytes)) text += byte.toString(16).padStart(2, '0')
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
