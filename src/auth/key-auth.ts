// Keys that go out as they are: each vendor has its own header for them.
import type { CredentialOverrideSpec } from '../config/config.ts'
import { GatewayError } from '../errors.ts'
import type { BackendAuth, Sealed } from './auth.ts'
import { readOverrideKey } from './credential-override.ts'
import { missingCredential } from './missing-credential.ts'

export interface KeySpec {
  readonly key?: string
  readonly missing?: string
  readonly override?: CredentialOverrideSpec
}

/** `present` writes the key into the request's headers. */
export function createKeyAuth(
  spec: KeySpec,
  present: (headers: Sealed['headers'], key: string) => void,
): BackendAuth {
  // Secrets often come from files that end in a newline.
  const configured = spec.key?.trim() || undefined
  return {
    apply(request, incoming) {
      const key = readOverrideKey(spec.override, incoming) ?? configured
      if (key === undefined) throw missingCredential(spec.missing)
      if (!fitsHeader(key)) {
        throw new GatewayError(
          'credential-unavailable',
          'upstream credential unavailable: the key has characters that no header can carry',
        )
      }
      present(request.headers, key)
    },
  }
}

/** Whether `fetch` takes the value: Latin-1, without CR, LF and NUL. */
function fitsHeader(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code > 0xff || code === 0 || code === 0x0a || code === 0x0d) return false
  }
  return true
}
