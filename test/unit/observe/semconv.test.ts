import { expect, it } from 'vitest'
import { schemaNames } from '../../../src/config/api-schema.ts'
import { providerOf } from '../../../src/observe/semconv.ts'

it('names providers as OpenTelemetry does', () => {
  expect(Object.fromEntries(schemaNames.map((name) => [name, providerOf(name)]))).toEqual({
    OpenAI: 'openai',
    AzureOpenAI: 'azure.openai',
    AWSBedrock: 'aws.bedrock',
    AWSAnthropic: 'aws.anthropic',
    GCPVertexAI: 'gcp.vertex_ai',
    GCPAnthropic: 'gcp.anthropic',
    Anthropic: 'anthropic',
    Cohere: 'cohere',
  })
})
