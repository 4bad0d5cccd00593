// Headers in which a backend takes the credential of its clients: a configuration may give them any name.
import type { AuthSpec, GatewaySpec } from './config.ts'

/** What the AWS prefix is followed by. */
export const awsHeaderSuffixes = ['access-key-id', 'secret-access-key', 'session-token'] as const

/** The request headers, lower-case, that carry a credential for this backend and must not be sent to it. */
export function overrideHeaders(spec: AuthSpec): readonly string[] {
  if (spec.type === 'Unsupported' || spec.override === undefined) return []
  const header = spec.override.header.toLowerCase()
  return spec.type === 'AWSCredentials'
    ? awsHeaderSuffixes.map((suffix) => header + suffix)
    : [header]
}

/** Those of all backends. */
export function listCredentialHeaders({
  backends,
}: Pick<GatewaySpec, 'backends'>): ReadonlySet<string> {
  const specs = Object.values(backends).flatMap(({ auth }) => auth ?? [])
  return new Set(specs.flatMap(overrideHeaders))
}
