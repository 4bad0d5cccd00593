// A key as bearer token, for OpenAI and everything that speaks like it
// (https://platform.openai.com/docs/api-reference/authentication).
import type { ApiKeyAuthSpec } from '../config/config.ts'
import type { BackendAuth } from './auth.ts'
import { createKeyAuth } from './key-auth.ts'

export function createApiKeyAuth(spec: ApiKeyAuthSpec): BackendAuth {
  return createKeyAuth(spec, (headers, key) => headers.set('authorization', `Bearer ${key}`))
}
