// OpenAI chat completions: what is read of a request, and what is written as an answer.
// https://platform.openai.com/docs/api-reference/chat

/** `null` stands for "absent" throughout. */
type Maybe<T> = T | null | undefined

/** A request of which only the envelope is known to have these types. */
export interface ChatRequest {
  readonly model?: Maybe<string>
  readonly stream?: Maybe<boolean>
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>
  readonly [field: string]: unknown
}

/** A request whose known fields have the types below: see check-chat.ts. */
export interface CheckedChatRequest extends ChatRequest {
  readonly messages?: Maybe<readonly ChatMessage[]>
  readonly max_completion_tokens?: Maybe<number>
  readonly max_tokens?: Maybe<number>
  readonly temperature?: Maybe<number>
  readonly top_p?: Maybe<number>
  /** Not OpenAI's: models of other vendors take it. */
  readonly top_k?: Maybe<number>
  readonly stop?: Maybe<string | readonly string[]>
  readonly tools?: Maybe<readonly ChatTool[]>
  readonly tool_choice?: Maybe<string | ToolChoice>
  readonly parallel_tool_calls?: Maybe<boolean>
  readonly service_tier?: Maybe<string>
  readonly reasoning_effort?: Maybe<string>
  readonly thinking?: Maybe<Thinking>
  readonly response_format?: Maybe<ResponseFormat>
  readonly n?: Maybe<number>
  readonly user?: Maybe<string>
  readonly web_search_options?: Maybe<WebSearchOptions>
  readonly seed?: Maybe<number>
  readonly logprobs?: Maybe<boolean>
  readonly top_logprobs?: Maybe<number>
  readonly presence_penalty?: Maybe<number>
  readonly frequency_penalty?: Maybe<number>
  readonly modalities?: Maybe<readonly string[]>
  readonly audio?: Maybe<{ readonly voice?: Maybe<string> }>
  /** Not OpenAI's but vLLM's: the form that the answer must have. */
  readonly guided_choice?: Maybe<readonly string[]>
  readonly guided_regex?: Maybe<string>
  readonly guided_json?: unknown
  /** Not OpenAI's but Gemini's, as are the next two. */
  readonly generationConfig?: Maybe<{
    readonly media_resolution?: Maybe<string>
    readonly mediaResolution?: Maybe<string>
    readonly topK?: Maybe<number>
  }>
  readonly safetySettings?: Maybe<
    readonly {
      readonly category?: string
      readonly method?: string
      readonly threshold?: string
    }[]
  >
  readonly cachedContent?: Maybe<string>
  /** Not OpenAI's: Anthropic's marker for all of the request. */
  readonly cache_control?: unknown
}

export interface WebSearchOptions {
  readonly user_location?: Maybe<{
    readonly approximate?: Maybe<{
      readonly city?: Maybe<string>
      readonly region?: Maybe<string>
      readonly country?: Maybe<string>
      readonly timezone?: unknown
    }>
  }>
}

export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage

export interface SystemMessage {
  readonly role: 'system' | 'developer'
  readonly content?: Maybe<string | readonly LoosePart[]>
}

export interface UserMessage {
  readonly role: 'user'
  readonly content?: Maybe<string | readonly UserPart[]>
}

export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content?: Maybe<string | AssistantPart | readonly AssistantPart[]>
  readonly tool_calls?: Maybe<readonly RequestToolCall[]>
  readonly thinking_blocks?: Maybe<readonly ThinkingBlock[]>
  readonly reasoning_content?: unknown
  readonly cache_control?: unknown
}

export interface ToolMessage {
  readonly role: 'tool'
  readonly content?: Maybe<string | readonly LoosePart[]>
  readonly tool_call_id?: Maybe<string>
  readonly is_error?: unknown
  readonly cache_control?: unknown
}

/** A part of a system or tool message: meant to be text, its `type` is not checked. */
export interface LoosePart {
  readonly type?: Maybe<string>
  readonly text?: Maybe<string>
  readonly image_url?: Maybe<Link>
  readonly file?: Maybe<FileLink>
  readonly cache_control?: unknown
}

/** `cache_control` has Anthropic's shape: `{type: 'ephemeral', ttl?: '5m' | '1h'}`. */
export type UserPart =
  | { readonly type: 'text'; readonly text?: Maybe<string>; readonly cache_control?: unknown }
  | {
      readonly type: 'image_url'
      readonly image_url?: Maybe<Link>
      readonly cache_control?: unknown
    }
  | {
      readonly type: 'audio_url'
      readonly audio_url?: Maybe<Link>
      readonly cache_control?: unknown
    }
  | {
      readonly type: 'video_url'
      readonly video_url?: Maybe<Link>
      readonly cache_control?: unknown
    }
  | {
      readonly type: 'input_audio'
      readonly input_audio?: Maybe<{
        readonly data?: Maybe<string>
        readonly format?: Maybe<string>
      }>
      readonly cache_control?: unknown
    }
  | { readonly type: 'file'; readonly file?: Maybe<FileLink>; readonly cache_control?: unknown }

export interface Link {
  readonly url?: Maybe<string>
  /** Of images: how finely to look. */
  readonly detail?: Maybe<string>
}

export interface FileLink {
  readonly file_data?: Maybe<string>
  readonly file_id?: Maybe<string>
  readonly filename?: Maybe<string>
}

/**
 * `thinking` and `redacted_thinking` come in two spellings: `text` and `redactedContent`, or
 * Anthropic's `thinking` and `data`.
 */
export interface AssistantPart {
  readonly type?: Maybe<string>
  readonly text?: Maybe<string>
  readonly refusal?: Maybe<string>
  readonly thinking?: Maybe<string>
  readonly signature?: Maybe<string>
  readonly redactedContent?: Maybe<string>
  readonly data?: Maybe<string>
  readonly cache_control?: unknown
}

/** LiteLLM's way to hand reasoning out and take it back. */
export interface ThinkingBlock {
  readonly type?: Maybe<string>
  readonly thinking?: Maybe<string>
  readonly signature?: Maybe<string>
  readonly data?: Maybe<string>
}

export interface RequestToolCall {
  readonly id?: Maybe<string>
  readonly type?: Maybe<string>
  readonly function?: Maybe<{ readonly name?: Maybe<string>; readonly arguments?: Maybe<string> }>
  readonly cache_control?: unknown
  /** Google's note to itself, as it was handed out with the call. */
  readonly extra_content?: unknown
}

export interface ChatTool {
  readonly type?: Maybe<string>
  readonly function?: Maybe<ChatFunction>
  /** Of tools of these types, which are Google's. */
  readonly google_search?: Maybe<SearchFilter>
  readonly enterprise_search?: Maybe<SearchFilter>
  readonly cache_control?: unknown
}

export interface SearchFilter {
  readonly exclude_domains?: Maybe<readonly string[]>
  readonly blocking_confidence?: Maybe<string>
  readonly time_range_filter?: Maybe<{
    readonly start_time?: Maybe<string>
    readonly end_time?: Maybe<string>
  }>
}

export interface ChatFunction {
  readonly name?: Maybe<string>
  readonly description?: Maybe<string>
  readonly strict?: Maybe<boolean>
  /** A JSON schema, or whatever the client takes for one. */
  readonly parameters?: unknown
  readonly cache_control?: unknown
}

export interface ToolChoice {
  readonly type?: Maybe<string>
  readonly function?: Maybe<{ readonly name?: Maybe<string> }>
  readonly allowed_tools?: unknown
  readonly mode?: unknown
  readonly tools?: unknown
}

export type Thinking =
  | {
      readonly type: 'enabled'
      readonly budget_tokens?: Maybe<number>
      readonly includeThoughts?: Maybe<boolean>
      readonly display?: Maybe<string>
    }
  | { readonly type: 'disabled' }
  | { readonly type: 'adaptive'; readonly display?: Maybe<string> }

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly json_schema?: Maybe<{
        readonly name?: Maybe<string>
        readonly description?: Maybe<string>
        readonly schema?: unknown
        readonly strict?: Maybe<boolean>
      }>
    }

export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool_calls'
  | 'content_filter'
  // What Gemini says besides.
  | 'recitation'
  | 'malformed_function_call'
  | 'unexpected_tool_call'
  | 'language'
  | 'no_image'
  | 'error'

/** An answer as we write it; key order as OpenAI-compatible gateways have it. */
export interface ChatCompletion {
  readonly id?: string | undefined
  readonly choices: readonly {
    /** '' where the provider gave none. */
    readonly finish_reason: FinishReason | ''
    readonly index: number
    readonly logprobs?: ChatLogprobs | undefined
    readonly message: ChatAnswer
  }[]
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  readonly service_tier?: string | undefined
  readonly object: 'chat.completion'
  readonly usage?: ChatUsage | undefined
}

export interface ChatAnswer {
  readonly content: string | null
  readonly role: string
  readonly tool_calls?: readonly ToolCall[] | undefined
  readonly annotations?: readonly Annotation[] | undefined
  readonly reasoning_content?: string | undefined
  readonly thinking_blocks?: readonly ThinkingBlock[] | undefined
  readonly refusal?: string | undefined
  readonly images?: readonly AnswerImage[] | undefined
  readonly audio?: AnswerAudio | undefined
  /** In Gemini's shape. */
  readonly safety_ratings?: unknown
  readonly grounding_metadata?: unknown
}

/** A picture that the model has made, as OpenRouter and others hand it out. */
export interface AnswerImage {
  readonly type: 'image_url'
  /** A `data:` URL. */
  readonly image_url: { readonly url: string }
  readonly index: number
}

export interface AnswerAudio {
  readonly id: string
  /** Base64. */
  readonly data: string
  /** Seconds since the epoch. */
  readonly expires_at: number
  readonly transcript: string
}

export interface ChatLogprobs {
  readonly content: readonly (TokenLogprob & { readonly top_logprobs: readonly TokenLogprob[] })[]
}

export interface TokenLogprob {
  readonly token: unknown
  readonly logprob: unknown
  readonly bytes: null
}

export interface ToolCall {
  readonly id: string
  /** Google's note that must come back with the call. */
  readonly extra_content?: unknown
  readonly function: { readonly arguments: string; readonly name: string }
  readonly type: 'function'
}

/** Where a statement comes from. Offsets are UTF-16 units of `content`. */
export type Annotation =
  | {
      readonly type: 'url_citation'
      readonly url_citation: {
        readonly start_index: number
        readonly end_index: number
        readonly url: string
        readonly title: string
      }
    }
  | {
      readonly type: 'file_citation'
      readonly file_citation: {
        readonly start_index: number
        readonly end_index: number
        readonly filename: string
      }
    }

export interface ChatChunk {
  readonly id?: string | undefined
  readonly choices: readonly {
    readonly index: number
    readonly delta: ChatDelta
    readonly logprobs?: ChatLogprobs | undefined
    readonly finish_reason?: FinishReason | null | undefined
  }[]
  readonly created: number
  readonly model: string
  readonly service_tier?: string | undefined
  readonly object: 'chat.completion.chunk'
  readonly usage?: ChatUsage | undefined
}

export interface ChatDelta {
  readonly content?: string | null | undefined
  readonly role?: string | undefined
  readonly tool_calls?: readonly ToolCallDelta[] | undefined
  readonly annotations?: readonly Annotation[] | undefined
  readonly reasoning_content?: string | undefined
  readonly thinking_blocks?: readonly (ThinkingBlock & { readonly index?: number })[] | undefined
  readonly refusal?: string | undefined
  readonly images?: readonly AnswerImage[] | undefined
  readonly audio?: AnswerAudio | undefined
  readonly safety_ratings?: unknown
  readonly grounding_metadata?: unknown
}

/** The first delta of a call has `id`, name and `type`; those that go on have arguments only. */
export interface ToolCallDelta {
  readonly index: number
  readonly id?: string
  readonly extra_content?: unknown
  readonly function: { readonly arguments: string; readonly name?: string }
  readonly type?: 'function'
}

export interface ChatUsage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly completion_tokens_details?:
    | {
        readonly reasoning_tokens?: number
        readonly audio_tokens?: number
        readonly text_tokens?: number
      }
    | undefined
  readonly prompt_tokens_details?:
    | {
        readonly cached_tokens?: number
        readonly cache_creation_input_tokens?: number
        readonly audio_tokens?: number
        readonly text_tokens?: number
      }
    | undefined
}
