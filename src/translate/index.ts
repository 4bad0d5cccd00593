// THE TABLE: who can serve what, by endpoint and schema. An empty cell is a clean "cannot be served".
import type { SchemaName } from '../config/api-schema.ts'
import type { EndpointId, RequestOf } from '../endpoints/index.ts'
import { speechToAzure } from './audio-speech/azure-openai.ts'
import { speechToOpenAI } from './audio-speech/openai.ts'
import { transcriptionsToAzure } from './audio-transcriptions/azure-openai.ts'
import { transcriptionsToOpenAI } from './audio-transcriptions/openai.ts'
import { translationsToAzure } from './audio-translations/azure-openai.ts'
import { translationsToOpenAI } from './audio-translations/openai.ts'
import { chatToAnthropic } from './chat-completions/anthropic.ts'
import { chatToAwsAnthropic } from './chat-completions/aws-anthropic.ts'
import { chatToBedrock } from './chat-completions/aws-bedrock.ts'
import { chatToAzure } from './chat-completions/azure-openai.ts'
import { chatToGcpAnthropic } from './chat-completions/gcp-anthropic.ts'
import { chatToVertex } from './chat-completions/gcp-vertexai.ts'
import { chatToOpenAI } from './chat-completions/openai.ts'
import { completionsToAzure } from './completions/azure-openai.ts'
import { completionsToOpenAI } from './completions/openai.ts'
import { throughChat } from './completions/through-chat.ts'
import { embeddingsToBedrock } from './embeddings/aws-bedrock.ts'
import { embeddingsToAzure } from './embeddings/azure-openai.ts'
import { embeddingsToVertex } from './embeddings/gcp-vertexai.ts'
import { embeddingsToOpenAI } from './embeddings/openai.ts'
import { imageEditsToAzure } from './images-edits/azure-openai.ts'
import { imageEditsToVertex } from './images-edits/gcp-vertexai.ts'
import { imageEditsToOpenAI } from './images-edits/openai.ts'
import { imagesToAzure } from './images-generations/azure-openai.ts'
import { imagesToVertex } from './images-generations/gcp-vertexai.ts'
import { imagesToOpenAI } from './images-generations/openai.ts'
import { moderationsToOpenAI } from './moderations/openai.ts'
import { responsesToAzure } from './responses/azure-openai.ts'
import { responsesToOpenAI } from './responses/openai.ts'
import { compactToAzure } from './responses-compact/azure-openai.ts'
import { compactToOpenAI } from './responses-compact/openai.ts'
import { inputTokensToAzure } from './responses-input-tokens/azure-openai.ts'
import { inputTokensToOpenAI } from './responses-input-tokens/openai.ts'
import { storedToAzure } from './stored-responses/azure-openai.ts'
import { storedToOpenAI } from './stored-responses/openai.ts'
import { tokenizeByAnthropic } from './tokenize/anthropic.ts'
import { tokenizeByAwsAnthropic } from './tokenize/aws-anthropic.ts'
import { tokenizeByBedrock } from './tokenize/aws-bedrock.ts'
import { tokenizeByGcpAnthropic } from './tokenize/gcp-anthropic.ts'
import { tokenizeByVertex } from './tokenize/gcp-vertexai.ts'
import { tokenizeToOpenAI } from './tokenize/openai.ts'
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
  completions: {
    OpenAI: completionsToOpenAI,
    AzureOpenAI: completionsToAzure,
    AWSBedrock: throughChat(chatToBedrock),
    Anthropic: throughChat(chatToAnthropic),
    GCPAnthropic: throughChat(chatToGcpAnthropic),
    GCPVertexAI: throughChat(chatToVertex),
    AWSAnthropic: throughChat(chatToAwsAnthropic),
  },
  embeddings: {
    OpenAI: embeddingsToOpenAI,
    AzureOpenAI: embeddingsToAzure,
    AWSBedrock: embeddingsToBedrock,
    GCPVertexAI: embeddingsToVertex,
  },
  'images-generations': {
    OpenAI: imagesToOpenAI,
    AzureOpenAI: imagesToAzure,
    GCPVertexAI: imagesToVertex,
  },
  'images-edits': {
    OpenAI: imageEditsToOpenAI,
    AzureOpenAI: imageEditsToAzure,
    GCPVertexAI: imageEditsToVertex,
  },
  'audio-speech': { OpenAI: speechToOpenAI, AzureOpenAI: speechToAzure },
  'audio-transcriptions': { OpenAI: transcriptionsToOpenAI, AzureOpenAI: transcriptionsToAzure },
  'audio-translations': { OpenAI: translationsToOpenAI, AzureOpenAI: translationsToAzure },
  responses: { OpenAI: responsesToOpenAI, AzureOpenAI: responsesToAzure },
  'responses-input-tokens': { OpenAI: inputTokensToOpenAI, AzureOpenAI: inputTokensToAzure },
  'responses-compact': { OpenAI: compactToOpenAI, AzureOpenAI: compactToAzure },
  'response-get': { OpenAI: storedToOpenAI, AzureOpenAI: storedToAzure },
  'response-delete': { OpenAI: storedToOpenAI, AzureOpenAI: storedToAzure },
  'response-cancel': { OpenAI: storedToOpenAI, AzureOpenAI: storedToAzure },
  'response-input-items': { OpenAI: storedToOpenAI, AzureOpenAI: storedToAzure },
  moderations: { OpenAI: moderationsToOpenAI },
  tokenize: {
    OpenAI: tokenizeToOpenAI,
    AWSBedrock: tokenizeByBedrock,
    Anthropic: tokenizeByAnthropic,
    GCPAnthropic: tokenizeByGcpAnthropic,
    GCPVertexAI: tokenizeByVertex,
    AWSAnthropic: tokenizeByAwsAnthropic,
  },
} satisfies TranslatorTable
