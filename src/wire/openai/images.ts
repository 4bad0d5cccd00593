// OpenAI images: what is read of a request, and written as an answer.
// https://platform.openai.com/docs/api-reference/images

/** `null` stands for "absent" throughout. */
type Maybe<T> = T | null | undefined

/** A request whose known fields have the types below: see check-images.ts. A form's fields fit as well. */
export interface CheckedImagesRequest {
  readonly prompt?: Maybe<string>
  readonly n?: Maybe<number>
  /** `auto`, or `<width>x<height>`. */
  readonly size?: Maybe<string>
  readonly quality?: Maybe<string>
  readonly background?: Maybe<string>
  readonly style?: Maybe<string>
  readonly moderation?: Maybe<string>
  readonly input_fidelity?: Maybe<string>
  readonly response_format?: Maybe<string>
  readonly output_format?: Maybe<string>
  /** Percent. */
  readonly output_compression?: Maybe<number>
  readonly user?: Maybe<string>
}

export interface ImagesAnswer {
  /** Seconds since the epoch. */
  readonly created: number
  readonly data: readonly ImageData[]
  /** `png`, `jpeg` or `webp`. */
  readonly output_format?: string | undefined
  readonly usage?: ImagesUsage | undefined
}

export interface ImageData {
  readonly b64_json: string
  readonly revised_prompt?: string | undefined
}

export interface ImagesUsage {
  readonly input_tokens: number
  readonly input_tokens_details: ImageTokens
  readonly output_tokens: number
  readonly output_tokens_details?: ImageTokens | undefined
  readonly total_tokens: number
}

export interface ImageTokens {
  readonly image_tokens: number
  readonly text_tokens: number
}

/** The event that ends a stream of one image. */
export interface ImageCompleted {
  readonly type: 'image_generation.completed' | 'image_edit.completed'
  readonly b64_json: string
  readonly created_at: number
  readonly output_format?: string | undefined
  readonly usage?: ImagesUsage | undefined
}
