// Names of what is measured and traced, in one place: OpenTelemetry's conventions for generative AI, as Envoy AI
// Gateway's dashboards know them. https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
import type { SchemaName } from '../config/api-schema.ts'

/** Name of the meter and of the tracer: what Envoy AI Gateway calls itself, so that its dashboards find us. */
export const scopeName = 'envoyproxy/ai-gateway'

export interface HistogramSpec {
  readonly name: string
  /** In Prometheus, unit suffix included. */
  readonly prometheusName: string
  readonly unit: 'token' | 's'
  readonly help: string
  /** Upper bounds; the last one, infinity, goes without saying. */
  readonly buckets: readonly number[]
  /** Whether it bears `gen_ai.token.type` or `error.type`, besides the labels that all have. */
  readonly own: readonly string[]
}

export const operationName = 'gen_ai.operation.name'
export const providerName = 'gen_ai.provider.name'
export const originalModel = 'gen_ai.original.model'
export const requestModel = 'gen_ai.request.model'
export const responseModel = 'gen_ai.response.model'
const tokenType = 'gen_ai.token.type'
const errorType = 'error.type'

export const commonLabels = [
  operationName,
  providerName,
  originalModel,
  requestModel,
  responseModel,
] as const

export const tokenUsage: HistogramSpec = {
  name: 'gen_ai.client.token.usage',
  prometheusName: 'gen_ai_client_token_usage',
  unit: 'token',
  help: 'Number of tokens processed.',
  buckets: [
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
  ],
  own: [tokenType],
}

export const requestDuration: HistogramSpec = {
  name: 'gen_ai.server.request.duration',
  prometheusName: 'gen_ai_server_request_duration_seconds',
  unit: 's',
  help: 'Generative AI server request duration such as time-to-last byte or last output token.',
  buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  own: [errorType],
}

export const timeToFirstToken: HistogramSpec = {
  name: 'gen_ai.server.time_to_first_token',
  prometheusName: 'gen_ai_server_time_to_first_token_seconds',
  unit: 's',
  help: 'Time to receive first token in streaming responses.',
  buckets: [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15, 20,
    30, 45, 60,
  ],
  own: [],
}

export const timePerOutputToken: HistogramSpec = {
  name: 'gen_ai.server.time_per_output_token',
  prometheusName: 'gen_ai_server_time_per_output_token_seconds',
  unit: 's',
  help: 'Time per output token generated after the first token for successful responses.',
  buckets: [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  own: [],
}

export const genaiHistograms = [
  tokenUsage,
  requestDuration,
  timeToFirstToken,
  timePerOutputToken,
] as const

const providers: Readonly<Record<SchemaName, string>> = {
  OpenAI: 'openai',
  AzureOpenAI: 'azure.openai',
  AWSBedrock: 'aws.bedrock',
  AWSAnthropic: 'aws.anthropic',
  GCPVertexAI: 'gcp.vertex_ai',
  GCPAnthropic: 'gcp.anthropic',
  Anthropic: 'anthropic',
  Cohere: 'cohere',
}

/** `gen_ai.provider.name` of a backend. */
export const providerOf = (schema: SchemaName): string => providers[schema]

/** What is not known, as a label. */
export const unknown = 'unknown'
