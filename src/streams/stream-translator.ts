// What a stream translator is, and what the host gives it. Translators are synchronous and never see bytes.
import type { Usage } from '../usage/usage.ts'

/** One event of the provider's stream. */
export interface Frame {
  /** `event:` of SSE, `:event-type` of an AWS event stream. */
  readonly event: string | undefined
  readonly data: string
  /** `:exception-type` or `:error-code` of an AWS frame that reports a failure. */
  readonly exception: string | undefined
  /** The data parsed as JSON, at most once; `undefined` where it is not JSON. */
  json(): unknown
}

/** A stream that went wrong, in terms that every dialect can say. */
export interface StreamFailure {
  /** What the status would have been if the failure had come before the stream. */
  readonly status: number
  readonly type: string
  readonly message: string
  /** `error.code`; default: the status as text. */
  readonly code?: string
  /** Where it was found; set by the host. Absent: the provider has reported it. */
  readonly origin?: 'transport' | 'protocol' | 'timeout' | 'idle'
}

export interface SseWriter {
  /** One event whose data is the value as JSON. */
  send(value: unknown, event?: string): void
  /** Text that is a whole event already, blank line included. */
  raw(text: string): void
}

export interface Meter {
  usage(usage: Usage): void
  /** The model that the provider says has answered. */
  model(name: string): void
  /** Whether anybody looks at `chunk` values; where not, a tap need not parse for them. */
  readonly wantsChunks: boolean
  chunk(value: unknown): void
  /** In place of `chunk`, for an event of which a tap need know no more than its text shows. */
  text(data: string): void
  /** The first content that a user would see: from here on the answer is committed. */
  content(): void
  /**
   * The provider reports, or shows, that the stream failed. From a rewrite's `frame`, or from any
   * `end`: the host writes the failure and ends the stream. From a tap's `frame`: the event that
   * says so goes to the client as it came.
   */
  fail(failure: StreamFailure): void
}

/** `aws-chunks`: an AWS event stream whose frames each carry one event of another protocol. */
/** `sse-or-json`: events may come as bare JSON, without `data:`. */
export type Framing = 'sse' | 'sse-or-json' | 'aws-event-stream' | 'aws-chunks'

interface StreamTranslatorBase {
  /** Writes the failure as the client's dialect has it; nothing follows it. */
  failure(failure: StreamFailure, out: SseWriter): void
}

/** Looks on while the provider's bytes go to the client as they came. */
export interface Tap extends StreamTranslatorBase {
  readonly kind: 'tap'
  readonly framing: 'sse'
  frame(frame: Frame, meter: Meter): void
  /**
   * True once only frames that hold one of `markers` matter. A piece of stream without any of them
   * is then passed on unparsed, unless somebody wants chunks.
   */
  sparse(): boolean
  readonly markers: readonly string[]
  /** The provider ended properly; `meter.fail` if its protocol did not. */
  end(meter: Meter): void
}

/** Makes the client's events out of the provider's. */
export interface Rewrite extends StreamTranslatorBase {
  readonly kind: 'rewrite'
  readonly framing: Framing
  frame(frame: Frame, out: SseWriter, meter: Meter): void
  /** The provider ended properly: end the client's protocol, or `meter.fail`. */
  end(out: SseWriter, meter: Meter): void
}

export type StreamTranslator = Tap | Rewrite

/** How a stream ended, told exactly once. */
export type StreamEnd = 'complete' | 'failed' | 'client-gone'

/** What a `BodyTransformer` may do to the stream that the client reads. */
export interface BodyController {
  enqueue(chunk: Uint8Array<ArrayBuffer>): void
  /** Ends the client's stream and cancels what is left of the provider's. */
  terminate(): void
}

/**
 * A transformer in the manner of the Streams standard (`transform`, `flush`, `cancel`), with one
 * more way to end: `fail`, because a standard transformer never learns that its source broke and
 * so could not tell the client.
 */
export interface BodyTransformer {
  start(controller: BodyController): void
  transform(chunk: Uint8Array, controller: BodyController): void
  flush(controller: BodyController): void
  fail(error: unknown, controller: BodyController): void
  /** The client has gone. */
  cancel(reason: unknown): void
}
