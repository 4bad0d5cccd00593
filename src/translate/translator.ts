// The contract between an attempt and whoever can serve it.
import type { ApiSchema } from '../config/api-schema.ts'
import type { Call } from '../endpoints/endpoint.ts'
import type { Pieces } from '../pieces.ts'
import type { HeaderReader } from '../ports.ts'
import type { StreamTranslator } from '../streams/stream-translator.ts'
import type { Usage } from '../usage/usage.ts'

/** What a translator may know about a backend. */
export interface Target {
  readonly schema: ApiSchema
  /** The model to ask for, after `modelNameOverride`. */
  readonly model: string
  /** Whether the model differs from what the client's bytes say. */
  readonly renamed: boolean
  /** What the credential implies about the place, for example `region` and `project`. */
  readonly vars: Readonly<Record<string, string>>
}

/** The head of a provider's answer, with a clock and ids for what the reply has to make up. */
export interface ReplyHead {
  readonly status: number
  readonly headers: HeaderReader
  /** Those of the further answers, where `Translation.more` asked for some. */
  readonly more?: readonly HeaderReader[]
  /** When the head came, in milliseconds since the epoch. */
  readonly receivedAt: number
  readonly uuid: () => string
}

/** A unary answer. Without `body`, the provider's bytes go out as they came. */
export interface WholeReply {
  readonly body?: string
  readonly usage?: Usage
  readonly model?: string
  /** The answer as the client's dialect has it, for observers. */
  readonly value?: unknown
  /** It is not JSON, where it would be: good enough only if nobody else can be asked. */
  readonly garbled?: true
}

/** A provider's error. Without `body`, its bytes go out as they came. */
export interface ErrorReply {
  readonly body?: string
}

/** How to read an answer. Closes over what it needs from the request. */
export interface Reply {
  /** Absent: bytes flow through unread, audio for example. Throws a `GatewayError` where a 2xx body is unusable. */
  whole?(body: string, head: ReplyHead): WholeReply
  /** Undefined for an answer that is no stream of events, whatever was asked for. */
  stream?(head: ReplyHead): StreamTranslator | undefined
  /** `body` is `''` where the provider sent none. */
  error(body: string, head: ReplyHead): ErrorReply
}

export interface Translation {
  /** Path and query below the backend's origin, encoded as it goes on the wire. */
  readonly path: string
  /** Lower-case names; they replace the client's. */
  readonly headers?: Readonly<Record<string, string>>
  /** Absent: `call.body.bytes` as they came. */
  readonly body?: string | Uint8Array<ArrayBuffer> | Pieces
  /**
   * Bodies of further requests, where the provider takes only a part of the call at a time. `reply.whole`
   * is then given a JSON array of all answers, in this order, the first one included.
   */
  readonly more?: readonly string[]
  readonly reply: Reply
}

/**
 * Serves a call at a backend. Called anew for each attempt, always with the same frozen call.
 * Throws a `GatewayError` (`invalid-request`) for what the backend cannot express.
 */
export type Translator<Req = unknown> = (call: Call<Req>, target: Target) => Translation
