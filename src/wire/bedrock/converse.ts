// Amazon Bedrock Converse and ConverseStream: what is written as a request and read of an answer.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import type { RawJson } from '../../json/raw-json.ts'

export interface ConverseRequest {
  readonly additionalModelRequestFields?: Readonly<Record<string, unknown>> | undefined
  readonly inferenceConfig: InferenceConfig
  readonly messages: readonly ConverseMessage[]
  readonly system?: readonly SystemBlock[] | undefined
  readonly serviceTier?: { readonly type: string } | undefined
  readonly toolConfig?: ToolConfig | undefined
  readonly outputConfig?: OutputConfig | undefined
  readonly guardrailConfig?: RawJson | undefined
  readonly performanceConfig?: RawJson | undefined
  readonly requestMetadata?: RawJson | undefined
}

export interface InferenceConfig {
  readonly maxTokens?: number | undefined
  readonly stopSequences?: readonly string[] | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
}

export interface ConverseMessage {
  readonly content: readonly ContentBlock[]
  readonly role: 'user' | 'assistant'
}

export interface CachePoint {
  readonly cachePoint: { readonly type: 'default'; readonly ttl?: '5m' | '1h' }
}

export interface TextBlock {
  readonly text: string
}

export type MediaSource =
  | { readonly bytes: string }
  | { readonly s3Location: { readonly uri: string } }

export type MediaBlock =
  | { readonly image: { readonly format: string; readonly source: MediaSource } }
  | { readonly audio: { readonly format: string; readonly source: MediaSource } }
  | { readonly video: { readonly format: string; readonly source: MediaSource } }
  | {
      readonly document: {
        readonly format: string
        readonly name: string
        readonly source: MediaSource
      }
    }

export interface ToolUseBlock {
  readonly toolUse: { readonly name: string; readonly input: RawJson; readonly toolUseId: string }
}

export interface ToolResultBlock {
  readonly toolResult: {
    readonly content: readonly (TextBlock | MediaBlock)[]
    readonly status?: 'error' | undefined
    readonly toolUseId: string
  }
}

export interface ReasoningBlock {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string | undefined } }
    | { readonly redactedContent: string }
}

export type SystemBlock = TextBlock | CachePoint

export type ContentBlock =
  | TextBlock
  | MediaBlock
  | ToolUseBlock
  | ToolResultBlock
  | ReasoningBlock
  | CachePoint

export interface ToolSpec {
  readonly toolSpec: {
    readonly description?: string | undefined
    readonly inputSchema: { readonly json: RawJson }
    readonly name: string
    readonly strict?: true | undefined
  }
}

export interface ToolConfig {
  readonly toolChoice?: BedrockToolChoice | undefined
  readonly tools: readonly (ToolSpec | CachePoint)[]
}

export type BedrockToolChoice =
  | { readonly auto: Record<string, never> }
  | { readonly any: Record<string, never> }
  | { readonly tool: { readonly name: string } }

export interface OutputConfig {
  readonly textFormat: {
    readonly type: 'json_schema'
    readonly structure: {
      readonly jsonSchema: {
        /** The schema, as JSON text. */
        readonly schema: string
        readonly name?: string | undefined
        readonly description?: string | undefined
      }
    }
  }
}

/** The stream's events: `:event-type` of a frame. */
export const converseEvents: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
])
