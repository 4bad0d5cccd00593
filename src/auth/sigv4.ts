// AWS Signature Version 4 of a request whose bytes are final
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import { AwsV4Signer } from 'aws4fetch'
import type { AwsCredentials } from '../ports.ts'
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
}

/**
 * Adds `authorization`, `x-amz-date` and, with temporary credentials, `x-amz-security-token`. Signed are
 * `host` and the latter two: a proxy on the way may add or change any other header.
 */
export async function signRequest(
  request: Sealed,
  credentials: AwsCredentials,
  scope: SigningScope,
): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  if (scope.keys !== undefined && scope.keys.size >= maxSigningKeys) scope.keys.clear()
  const signer = new AwsV4Signer({
    method: request.method,
    url: signedUrl(request),
    accessKeyId,
    secretAccessKey,
    service: scope.service,
    region: scope.region,
    datetime: new Date(scope.now).toISOString().replace(/[-:]|\.\d{3}/g, ''),
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(scope.keys === undefined ? {} : { cache: scope.keys }),
  })
  // The signer would collapse slashes, which a service other than S3 gets as they stand on the wire.
  signer.encodedPath = encodePath(request.url.pathname)
  const { headers } = await signer.sign()
  // A stale one would be believed although it is not signed.
  request.headers.delete('x-amz-security-token')
  request.headers.delete('x-amz-content-sha256')
  headers.forEach((value, name) => {
    request.headers.set(name, value)
  })
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
