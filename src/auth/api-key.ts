// A key as bearer token, for OpenAI and everything that speaks like it
// (https://platform.openai.com/docs/api-reference/authentication).
import type { ApiKeyAuthSpec } from '../config/config.ts'
import { GatewayError } from '../errors.ts'
import type { BackendAuth } from './auth.ts'
import { readOverrideKey } from './credential-override.ts'
import { missingCredential } from './missing-credential.ts'

export function createApiKeyAuth(spec: ApiKeyAuthSpec): BackendAuth {
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
      request.headers.set('authorization', `Bearer ${key}`)
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
