// Azure OpenAI takes its keys in a header of its own: https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#authentication
import type { AzureApiKeyAuthSpec } from '../config/config.ts'
import type { BackendAuth } from './auth.ts'
import { createKeyAuth } from './key-auth.ts'

export function createAzureApiKeyAuth(spec: AzureApiKeyAuthSpec): BackendAuth {
  return createKeyAuth(spec, (headers, key) => headers.set('api-key', key))
}
