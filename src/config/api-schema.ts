// The names of the APIs that a backend may speak (AIServiceBackend.spec.schema.name).

export const schemaNames = [
  'OpenAI',
  'Cohere',
  'AWSBedrock',
  'AzureOpenAI',
  'GCPVertexAI',
  'GCPAnthropic',
  'Anthropic',
  'AWSAnthropic',
] as const

export type SchemaName = (typeof schemaNames)[number]

export interface ApiSchema {
  readonly name: SchemaName
  /** Azure: `api-version`; GCPAnthropic and AWSAnthropic: `anthropic_version`; Cohere: path segment. */
  readonly version?: string
  /** OpenAI and Anthropic: the path before the endpoint's own; unset: `v1`; `/`: none. */
  readonly prefix?: string
}
