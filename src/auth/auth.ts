// How the gateway proves itself to a backend: always last, on the exact bytes sent.
import type { AuthSpec } from '../config/config.ts'
import type { Pieces } from '../pieces.ts'
import type { HeaderReader, Ports } from '../ports.ts'

/** A request whose URL and bytes are final. */
export interface Sealed {
  readonly method: 'POST' | 'GET' | 'DELETE'
  readonly url: URL
  /** Lower-case names; authentication adds to them and can reach nothing else. */
  readonly headers: Map<string, string>
  readonly body: Pieces | undefined
}

export interface BackendAuth {
  /**
   * Adds headers. `incoming` are the client's own, for credentials that come with the request.
   * Throws a `GatewayError` (`credential-missing`, `credential-unavailable`). A static key returns
   * nothing, so that it costs no microtask.
   */
  apply(request: Sealed, incoming: HeaderReader): void | Promise<void>
  /**
   * The provider has refused the request with 401. True where `apply` will now present another
   * credential, because the one sent was the gateway's own and short-lived.
   */
  renew?(request: Sealed): boolean
}

export type AuthFactory<Spec extends AuthSpec> = (spec: Spec, ports: Ports) => BackendAuth

export type AuthTable = {
  readonly [Type in AuthSpec['type']]: AuthFactory<Extract<AuthSpec, { type: Type }>>
}
