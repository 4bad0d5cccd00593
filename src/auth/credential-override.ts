// A credential that comes with the request, in a header of the client's, in place of the configured one.
// It is never kept, and the header that brought it goes no further.
import type { CredentialOverrideSpec } from '../config/config.ts'
import { awsHeaderSuffixes } from '../config/credential-headers.ts'
import { GatewayError } from '../errors.ts'
import type { AwsCredentials, HeaderReader } from '../ports.ts'

/**
 * The key that came with the request; undefined: use the configured one. Throws `credential-missing`
 * where there is none and the configured one may not stand in.
 */
export function readOverrideKey(
  override: CredentialOverrideSpec | undefined,
  incoming: HeaderReader,
): string | undefined {
  if (override === undefined) return undefined
  return readHeader(incoming, override.header) ?? fallBack(override)
}

/**
 * The AWS keys that came with the request; undefined: use the configured ones. Throws
 * `malformed-request` for a part of them, fallback or not: or the request would be signed in the
 * gateway's name by a client's mistake.
 */
export function readOverrideAwsCredentials(
  override: CredentialOverrideSpec | undefined,
  incoming: HeaderReader,
): AwsCredentials | undefined {
  if (override === undefined) return undefined
  const [accessKeyId, secretAccessKey, sessionToken] = awsHeaderSuffixes.map((suffix) =>
    readHeader(incoming, override.header + suffix),
  )
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { accessKeyId, secretAccessKey, sessionToken }
  }
  if (accessKeyId ?? secretAccessKey ?? sessionToken) {
    const absent = accessKeyId === undefined ? 'access-key-id' : 'secret-access-key'
    throw new GatewayError(
      'malformed-request',
      `incomplete per-request AWS credential: ${override.header}${absent} is missing`,
    )
  }
  return fallBack(override)
}

function fallBack(override: CredentialOverrideSpec): undefined {
  if (override.fallbackToConfigured) return undefined
  throw new GatewayError('credential-missing', 'missing upstream credential')
}

/** Blank counts as absent. */
function readHeader(incoming: HeaderReader, name: string): string | undefined {
  return incoming.get(name)?.trim() || undefined
}
