// THE TABLE: who can serve what, by endpoint and schema. An empty cell is a clean "cannot be served".
import type { SchemaName } from '../config/api-schema.ts'
import type { EndpointId, RequestOf } from '../endpoints/index.ts'
import { chatToAnthropic } from './chat-completions/anthropic.ts'
import { chatToAwsAnthropic } from './chat-completions/aws-anthropic.ts'
import { chatToBedrock } from './chat-completions/aws-bedrock.ts'
import { chatToAzure } from './chat-completions/azure-openai.ts'
import { chatToGcpAnthropic } from './chat-completions/gcp-anthropic.ts'
import { chatToVertex } from './chat-completions/gcp-vertexai.ts'
import { chatToOpenAI } from './chat-completions/openai.ts'
import type { Translator } from './translator.ts'

export type TranslatorTable = {
  readonly [Id in EndpointId]: {
    readonly [Name in SchemaName]?: Translator<RequestOf<Id>>
  }
}

export const translators = {
  'chat-completions': {
    OpenAI: chatToOpenAI,
    AzureOpenAI: chatToAzure,
    AWSBedrock: chatToBedrock,
    Anthropic: chatToAnthropic,
    GCPAnthropic: chatToGcpAnthropic,
    GCPVertexAI: chatToVertex,
    AWSAnthropic: chatToAwsAnthropic,
  },
} satisfies TranslatorTable
