// A credential type that is known but not built: the configuration loads, and a request learns why not.
import type { UnsupportedAuthSpec } from '../config/config.ts'
import { GatewayError } from '../errors.ts'
import type { BackendAuth } from './auth.ts'

export function createUnsupportedAuth(spec: UnsupportedAuthSpec): BackendAuth {
  return {
    apply() {
      throw new GatewayError(
        'no-translator',
        `unsupported: the credential type ${spec.credential} does not work yet`,
      )
    },
  }
}
