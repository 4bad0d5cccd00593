// A bearer token that the gateway fetches, or that comes with the request.
import type { CredentialOverrideSpec } from '../config/config.ts'
import type { BackendAuth, Sealed } from './auth.ts'
import { readOverrideKey } from './credential-override.ts'
import type { TokenSource } from './token-source.ts'

export interface TokenAuthParts {
  readonly override: CredentialOverrideSpec | undefined
  readonly source: TokenSource
  /** Throws `credential-missing` where none is configured. */
  requireConfigured(): void
}

const scheme = 'Bearer '

/** A token that the provider refuses is not presented again, unless it came with the request. */
export function createTokenAuth({
  override,
  source,
  requireConfigured,
}: TokenAuthParts): BackendAuth {
  return {
    apply(request, incoming) {
      const own = readOverrideKey(override, incoming)
      if (own === undefined) requireConfigured()
      const token = own ?? source.get()
      if (typeof token === 'string') return present(request, token)
      return token.then((fetched) => present(request, fetched))
    },
    renew(request) {
      const sent = request.headers.get('authorization') ?? ''
      return source.discard(sent.slice(scheme.length))
    },
  }
}

function present(request: Sealed, token: string): void {
  request.headers.set('authorization', scheme + token)
}
