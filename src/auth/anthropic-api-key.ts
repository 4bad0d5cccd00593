// Anthropic's own API takes its keys in a header of its own: https://platform.claude.com/docs/en/api/overview
import type { AnthropicApiKeyAuthSpec } from '../config/config.ts'
import type { BackendAuth } from './auth.ts'
import { createKeyAuth } from './key-auth.ts'

export function createAnthropicApiKeyAuth(spec: AnthropicApiKeyAuthSpec): BackendAuth {
  return createKeyAuth(spec, (headers, key) => headers.set('x-api-key', key))
}
