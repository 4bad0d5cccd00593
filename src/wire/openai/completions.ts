// OpenAI text completions, as they are written. https://platform.openai.com/docs/api-reference/completions/object
import type { FinishReason } from './chat.ts'

export interface TextCompletion {
  readonly id: string | undefined
  readonly object: 'text_completion'
  readonly created: number
  readonly model: string
  readonly choices: readonly TextChoice[]
  readonly usage?: unknown
}

export interface TextChoice {
  readonly text: string
  readonly index: number
  readonly logprobs: TextLogprobs | null
  readonly finish_reason: FinishReason | null
}

export interface TextLogprobs {
  readonly tokens: readonly string[]
  readonly token_logprobs: readonly number[]
  /** The likeliest tokens at each place. */
  readonly top_logprobs: readonly Readonly<Record<string, number>>[]
  /** Where each token begins in the text. */
  readonly text_offset: readonly number[]
}
