// OpenAI embeddings, with what gateways take besides: what is read of a request, and written as an answer.
// https://platform.openai.com/docs/api-reference/embeddings
import type { ChatMessage } from './chat.ts'

/** `null` stands for "absent" throughout. */
type Maybe<T> = T | null | undefined

/** A request of which only the envelope is known to have these types. */
export interface EmbeddingsRequest {
  readonly model?: Maybe<string>
  readonly [field: string]: unknown
}

/** A request whose known fields have the types below: see check-embeddings.ts. */
export interface CheckedEmbeddingsRequest extends EmbeddingsRequest {
  readonly input?: Maybe<EmbeddingsInput>
  /** vLLM's way to embed more than text; never beside `input`. */
  readonly messages?: Maybe<readonly ChatMessage[]>
  readonly dimensions?: Maybe<number>
  readonly encoding_format?: Maybe<string>
  readonly user?: Maybe<string>
  /** Not OpenAI's but Vertex AI's, as are the next two. */
  readonly auto_truncate?: Maybe<boolean>
  readonly task_type?: Maybe<string>
  readonly title?: Maybe<string>
}

/** Numbers are tokens. */
export type EmbeddingsInput =
  | string
  | EmbeddingsItem
  | readonly string[]
  | readonly EmbeddingsItem[]
  | readonly number[]
  | readonly (readonly number[])[]

/** A text with what it is for, or several of the same kind. */
export interface EmbeddingsItem {
  readonly content: string | readonly string[]
  readonly task_type?: Maybe<string>
  readonly title?: Maybe<string>
}

export interface EmbeddingsAnswer {
  readonly object: 'list'
  readonly data: readonly Embedding[]
  readonly model: string
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number }
}

export interface Embedding {
  readonly object: 'embedding'
  /** Numbers, or base64 of little-endian 32-bit floats. */
  readonly embedding: readonly unknown[] | string
  readonly index: number
  /** Not OpenAI's: the text was longer than the model takes. */
  readonly truncated?: true | undefined
}
