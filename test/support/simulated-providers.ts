// Every provider that chat can be answered by, as a configuration has it, for the simulator to stand behind.
import { generateKeyPairSync } from 'node:crypto'
import type { SchemaName } from '../../src/config/api-schema.ts'
import type { AuthSpec, BackendSpec, GatewaySpec } from '../../src/config/config.ts'
import { backend, exact, gatewaySpec, ref, rule } from './gateway-spec.ts'

export interface SimulatedProvider {
  /** Of the backend, and what tests are called by. */
  readonly name: string
  readonly schema: SchemaName
  /** What a client asks for to get here. */
  readonly model: string
  /** The same for embeddings, where the provider has them. */
  readonly embeddings?: string
  readonly spec: BackendSpec
}

const at = (host: string) => [{ kind: 'fqdn' as const, host, port: 443 }]

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const gcp = (region: string): AuthSpec => ({
  type: 'GCPCredentials',
  project: 'p-1',
  region,
  serviceAccount: JSON.stringify({
    type: 'service_account',
    client_email: 'robot@p-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }),
})
const aws: AuthSpec = {
  type: 'AWSCredentials',
  region: 'us-east-1',
  file: {
    text: '[default]\naws_access_key_id = AKIASIMULATED\naws_secret_access_key = simulated\n',
    profile: 'default',
  },
}
const bedrockHost = 'bedrock-runtime.us-east-1.amazonaws.com'

export const simulatedProviders: readonly SimulatedProvider[] = [
  {
    name: 'openai',
    schema: 'OpenAI',
    model: 'gpt-4o-mini',
    embeddings: 'text-embedding-3-small',
    spec: backend('openai', {
      endpoints: at('api.openai.com'),
      auth: { type: 'APIKey', key: 'sk-simulated' },
    }),
  },
  {
    name: 'azure',
    schema: 'AzureOpenAI',
    model: 'gpt-4o',
    embeddings: 'text-embedding-3-large',
    spec: backend('azure', {
      schema: { name: 'AzureOpenAI', version: '2025-04-01-preview' },
      endpoints: at('acme.openai.azure.com'),
      auth: { type: 'AzureAPIKey', key: 'simulated' },
    }),
  },
  {
    name: 'azure-v1',
    schema: 'AzureOpenAI',
    model: 'gpt-4.1',
    spec: backend('azure-v1', {
      schema: { name: 'AzureOpenAI', version: 'v1' },
      endpoints: at('acme.openai.azure.com'),
      auth: { type: 'AzureAPIKey', key: 'simulated' },
    }),
  },
  {
    name: 'anthropic',
    schema: 'Anthropic',
    model: 'claude-sonnet-4-5',
    spec: backend('anthropic', {
      schema: { name: 'Anthropic' },
      endpoints: at('api.anthropic.com'),
      auth: { type: 'AnthropicAPIKey', key: 'sk-ant-simulated' },
    }),
  },
  {
    name: 'claude-on-bedrock',
    schema: 'AWSAnthropic',
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    spec: backend('claude-on-bedrock', {
      schema: { name: 'AWSAnthropic' },
      endpoints: at(bedrockHost),
      auth: aws,
    }),
  },
  {
    name: 'claude-on-vertex',
    schema: 'GCPAnthropic',
    model: 'claude-sonnet-4-5@20250929',
    spec: backend('claude-on-vertex', {
      schema: { name: 'GCPAnthropic' },
      endpoints: at('us-east5-aiplatform.googleapis.com'),
      auth: gcp('us-east5'),
    }),
  },
  {
    name: 'gemini',
    schema: 'GCPVertexAI',
    model: 'gemini-2.5-flash',
    embeddings: 'gemini-embedding-001',
    spec: backend('gemini', {
      schema: { name: 'GCPVertexAI' },
      endpoints: at('europe-west4-aiplatform.googleapis.com'),
      auth: gcp('europe-west4'),
    }),
  },
  {
    name: 'bedrock',
    schema: 'AWSBedrock',
    model: 'us.amazon.nova-lite-v1:0',
    embeddings: 'amazon.titan-embed-text-v2:0',
    spec: backend('bedrock', {
      schema: { name: 'AWSBedrock' },
      endpoints: at(bedrockHost),
      auth: aws,
    }),
  },
]

/** Those that embed. */
export const simulatedEmbedders = simulatedProviders.flatMap(({ embeddings, ...provider }) =>
  embeddings === undefined ? [] : [{ ...provider, embeddings }],
)

/** All of them behind one gateway, each by its models' names. */
export function specOfProviders(): GatewaySpec {
  return gatewaySpec(
    simulatedProviders.map(({ spec }) => spec),
    simulatedProviders.flatMap(({ name, model, embeddings }) =>
      [model, embeddings].flatMap((each) =>
        each === undefined ? [] : [rule([exact('x-ai-eg-model', each)], [ref(name)])],
      ),
    ),
  )
}
