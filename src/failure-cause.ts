// Why a provider could not be reached: the code of a system, TLS or undici error, and what it means.
// https://nodejs.org/api/errors.html#common-system-errors, https://nodejs.org/api/tls.html#x509-certificate-error-codes

/** Errors wrap each other; nobody wraps deeper. */
const maxDepth = 5

/** For example `ECONNREFUSED`; undefined where nobody says. Never a message: it may hold anything. */
export function causeCodeOf(error: unknown): string | undefined {
  let at = error
  for (let depth = 0; depth < maxDepth && at instanceof Error; depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(at.code)) {
      return at.code
    }
    at = at.cause
  }
  return undefined
}

const meanings: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['UND_ERR_SOCKET', 'connection closed'],
  ['ENOTFOUND', 'host name not found'],
  ['EAI_AGAIN', 'host name could not be resolved'],
  ['ETIMEDOUT', 'connection timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connection timeout'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ENOENT', 'no such socket'],
  ['EACCES', 'permission denied'],
  ['EPROTO', 'TLS error'],
  ['CERT_HAS_EXPIRED', 'certificate expired'],
  ['CERT_NOT_YET_VALID', 'certificate not yet valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate of another host'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'certificate not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate not trusted'],
])

/** In words that a client may read. */
export function describeCause(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  return meanings.get(code) ?? (/^(ERR_(TLS|SSL)|CERT)_/.test(code) ? 'TLS error' : undefined)
}
