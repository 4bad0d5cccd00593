// Anthropic's Messages API: what is written as a request. Answers are read as they come.
// https://platform.claude.com/docs/en/api/messages
import type { RawJson } from '../../json/raw-json.ts'

export interface MessagesRequest {
  /** At platforms that have it in the path, absent, as is `stream`. */
  readonly model?: string | undefined
  readonly anthropic_version?: string | undefined
  readonly anthropic_beta?: readonly string[] | undefined
  readonly stream?: true | undefined
  readonly max_tokens: number
  readonly messages: readonly Message[]
  readonly system?: readonly TextBlock[] | undefined
  readonly tools?: readonly (Tool | ServerTool | RawJson)[] | undefined
  readonly tool_choice?: ToolChoice | undefined
  readonly output_config?: OutputConfig | undefined
  readonly temperature?: number | undefined
  readonly top_p?: number | undefined
  readonly top_k?: number | undefined
  readonly stop_sequences?: readonly string[] | undefined
  readonly thinking?: ThinkingConfig | undefined
  readonly metadata?: { readonly user_id: string } | undefined
  readonly service_tier?: 'auto' | 'standard_only' | undefined
}

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: readonly Block[]
}

export interface CacheControl {
  readonly type: 'ephemeral'
  readonly ttl?: '5m' | '1h'
}

/** Where a block may close a cached prefix. */
export interface Cacheable {
  readonly cache_control?: CacheControl | undefined
}

export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ToolUseBlock
  | ToolResultBlock
  | ThinkingBlock
  | RedactedThinkingBlock

export interface TextBlock extends Cacheable {
  readonly type: 'text'
  readonly text: string
}

export interface ImageBlock extends Cacheable {
  readonly type: 'image'
  readonly source: Base64Source | UrlSource | FileSource
}

export interface DocumentBlock extends Cacheable {
  readonly type: 'document'
  readonly source: Base64Source | UrlSource | FileSource | TextSource
  readonly title?: string | undefined
}

export interface Base64Source {
  readonly type: 'base64'
  readonly media_type: string
  readonly data: string
}

export interface UrlSource {
  readonly type: 'url'
  readonly url: string
}

/** Needs the beta `files-api-2025-04-14`. */
export interface FileSource {
  readonly type: 'file'
  readonly file_id: string
}

export interface TextSource {
  readonly type: 'text'
  readonly media_type: 'text/plain'
  readonly data: string
}

export interface ToolUseBlock extends Cacheable {
  readonly type: 'tool_use'
  readonly id: string
  readonly name: string
  readonly input: RawJson
}

export interface ToolResultBlock extends Cacheable {
  readonly type: 'tool_result'
  readonly tool_use_id: string
  readonly is_error: boolean
  readonly content?: readonly (TextBlock | ImageBlock | DocumentBlock)[] | undefined
}

/** Cannot be cached by a marker of its own. */
export interface ThinkingBlock {
  readonly type: 'thinking'
  readonly thinking: string
  readonly signature: string
}

export interface RedactedThinkingBlock {
  readonly type: 'redacted_thinking'
  readonly data: string
}

export interface Tool extends Cacheable {
  readonly name: string
  readonly description: string
  readonly input_schema: unknown
  readonly strict?: true | undefined
}

/** A tool that Anthropic itself runs. */
export interface ServerTool extends Cacheable {
  readonly type: 'web_search_20250305'
  readonly name: 'web_search'
  readonly user_location?: unknown
}

export type ToolChoice =
  | { readonly type: 'none' }
  | { readonly type: 'auto' | 'any'; readonly disable_parallel_tool_use: boolean }
  | {
      readonly type: 'tool'
      readonly name: string
      readonly disable_parallel_tool_use: boolean
    }

export interface OutputConfig {
  readonly effort?: string | undefined
  readonly format?: { readonly type: 'json_schema'; readonly schema: unknown } | undefined
}

export type ThinkingConfig =
  | {
      readonly type: 'enabled'
      readonly budget_tokens?: number | undefined
      readonly display?: string | undefined
    }
  | { readonly type: 'disabled' }
  | { readonly type: 'adaptive'; readonly display?: string | undefined }
