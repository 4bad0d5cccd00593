// What a client may call, and a call as it was made.
import type { Cancellation } from '../cancellation.ts'
import type { Outline } from '../json/outline.ts'
import type { HeaderReader } from '../ports.ts'

/** In whose manner the client speaks, and so wants its errors and streams. */
export type Dialect = 'openai' | 'anthropic' | 'cohere'

/** The request body as it came. */
export interface RawBody {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The header's value, `''` where there was none. */
  readonly contentType: string
  /** The bytes as UTF-8, decoded once. Throws a `GatewayError` where they are not. */
  text(): string
  /**
   * The same for a body that is JSON, with marks for long strings: all that reading and writing most of it needs.
   * Made once. Throws as `text`.
   */
  outline(): Outline
}

/** What an endpoint reads out of a body. `request` is the parsed body: a frozen matter of fact. */
export interface Parsed<Req> {
  readonly request: Req
  /** `''` where the body names none. */
  readonly model: string
  readonly stream: boolean
  /** The body to serve from: as it came, or with spliced-in `stream_options`. */
  readonly body: RawBody
}

export interface ParseOptions {
  /** Whether a stream must report its usage, because something counts it. */
  readonly meterStream: boolean
  /** The client's own `x-ai-eg-model`: the model where the body names none. */
  readonly fallbackModel: string | undefined
  /** The request's own, for endpoints that read their path and query. */
  readonly url?: string
}

export interface Endpoint<Id extends string = string, Req = unknown> {
  readonly id: Id
  /** Absent: POST. */
  readonly method?: 'GET' | 'DELETE' | 'POST'
  /** Below the dialect's prefix, for example `/v1/chat/completions`; `:id` stands for any one segment. */
  readonly path: string
  readonly dialect: Dialect
  /** `gen_ai.operation.name` of the OpenTelemetry semantic conventions. */
  readonly operation: string
  /** Reads the envelope: what routing and accounting need. Throws a `GatewayError`. */
  parse(body: RawBody, options: ParseOptions): Parsed<Req>
  /** Its requests name no model: where no header does, the sole backend serves them. */
  readonly namesNoModel?: true
}

/** The parsed original: made once, never changed, the only input of every attempt. */
export interface Call<Req = unknown> extends Parsed<Req> {
  readonly endpoint: Endpoint<string, Req>
  readonly headers: HeaderReader
  /** Cancelled when the client goes away. */
  readonly client: Cancellation
}
