// Every credential type that the gateway can present to a backend.
import type { AuthSpec } from '../config/config.ts'
import type { Ports } from '../ports.ts'
import { createAnthropicApiKeyAuth } from './anthropic-api-key.ts'
import { createApiKeyAuth } from './api-key.ts'
import type { AuthFactory, AuthTable, BackendAuth } from './auth.ts'
import { createAwsAuth } from './aws-credentials.ts'
import { createAzureApiKeyAuth } from './azure-api-key.ts'
import { createAzureAuth } from './azure-credentials.ts'
import { createGcpAuth } from './gcp-credentials.ts'
import { createUnsupportedAuth } from './unsupported.ts'

const authFactories = {
  APIKey: createApiKeyAuth,
  AnthropicAPIKey: createAnthropicApiKeyAuth,
  AWSCredentials: createAwsAuth,
  AzureAPIKey: createAzureApiKeyAuth,
  AzureCredentials: createAzureAuth,
  GCPCredentials: createGcpAuth,
  Unsupported: createUnsupportedAuth,
} satisfies AuthTable

/** What proves the gateway to a backend with this credential. Never throws: requests learn what is wrong. */
export function createAuth(spec: AuthSpec, ports: Ports): BackendAuth {
  // The table pairs each type with the factory for it, which the compiler does not follow through a key.
  const create = authFactories[spec.type] as AuthFactory<AuthSpec>
  return create(spec, ports)
}
