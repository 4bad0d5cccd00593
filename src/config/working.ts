// What this gateway can do today. A configuration that names the rest loads, with a warning.
import type { SchemaName } from './api-schema.ts'
import type { CredentialType } from './resources/backend-security-policy.ts'

export const workingSchemas: ReadonlySet<SchemaName> = new Set<SchemaName>([
  'OpenAI',
  'AzureOpenAI',
  'AWSBedrock',
  'Anthropic',
  'GCPAnthropic',
  'GCPVertexAI',
  'AWSAnthropic',
])

export const workingCredentials: ReadonlySet<CredentialType> = new Set<CredentialType>([
  'APIKey',
  'AnthropicAPIKey',
  'AWSCredentials',
  'AzureAPIKey',
  'AzureCredentials',
  'GCPCredentials',
])
