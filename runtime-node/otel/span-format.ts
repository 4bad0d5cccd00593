// How spans become bytes: each at once, as it ends, so that what waits is small, and is sent as it is.
import type { SpanRecord } from './span-record.ts'

export interface SpanFormat {
  /** Valid until the next call. */
  encode(span: SpanRecord): Uint8Array
  /** A whole request, out of encoded spans: at least one, one behind the other, in pieces of any size. */
  frame(pieces: readonly Uint8Array[]): Uint8Array
}

/** Whose spans they are. */
export interface SpanOrigin {
  readonly resource: Readonly<Record<string, string>>
  readonly scope: string
}
