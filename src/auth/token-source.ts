// A token that is fetched when it is first needed and again before it expires: one fetch at a time, however
// many requests wait, and none of them waits while the token at hand is still good.
import { GatewayError } from '../errors.ts'
import type { Ports } from '../ports.ts'

export interface Token {
  readonly value: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export interface TokenSource {
  /** At once where a good token is at hand. Rejects with what the fetch rejected with. */
  get(): string | Promise<string>
  /** The provider has refused this token: it is not handed out again. False where it was not ours. */
  discard(value: string): boolean
}

/** Renewed this long before it expires, or in the last fifth of a short life. */
const renewBeforeMs = 5 * 60_000
const renewShare = 0.2
/** The token must survive its way to the provider. */
const safetyMs = 10_000
/** Between attempts to renew a token that is still good. */
const retryMs = 60_000
/** A fetch that takes longer has been forgotten by its runtime, as happens after a request's end on Workers. */
const forgottenMs = 15_000

export function createTokenSource(
  fetchToken: () => Promise<Token>,
  ports: Pick<Ports, 'now' | 'log'>,
): TokenSource {
  let token: Token | undefined
  let renewAt = 0
  let pending: { readonly token: Promise<Token>; readonly since: number } | undefined

  const fetchOnce = (): Promise<Token> => {
    const since = ports.now()
    if (pending !== undefined && since - pending.since < forgottenMs) return pending.token
    const fetching = fetchToken()
      .then((fetched) => {
        token = fetched
        const life = fetched.expiresAt - ports.now()
        renewAt = fetched.expiresAt - Math.min(renewBeforeMs, life * renewShare)
        return fetched
      })
      .finally(() => {
        if (pending?.token === fetching) pending = undefined
      })
    pending = { token: fetching, since }
    return fetching
  }

  const renewInBackground = () => {
    renewAt = ports.now() + retryMs
    fetchOnce().catch((error: unknown) => {
      ports.log('warn', 'a token could not be renewed; the one at hand is used until it expires', {
        error: GatewayError.is(error) ? error.message : String(error),
      })
    })
  }

  return {
    get() {
      const now = ports.now()
      if (token === undefined || now >= token.expiresAt - safetyMs) {
        return fetchOnce().then(({ value }) => value)
      }
      if (now >= renewAt) renewInBackground()
      return token.value
    },
    discard(value) {
      if (token?.value !== value) return false
      token = undefined
      return true
    },
  }
}
