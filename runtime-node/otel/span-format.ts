// How spans become bytes: each at once, as it ends, so that what waits is small, and is sent as it is.
import type { SpanRecord } from './span-record.ts'

export interface SpanFormat {
  /** Bytes of a request before its spans and behind them, at most. */
  readonly room: { readonly before: number; readonly behind: number }
  /** Valid until the next call. */
  encode(span: SpanRecord): Uint8Array
  /**
   * Makes a request of encoded spans that stand in `buffer` one behind the other, from `room.before` to `end`, and have
   * `room.behind` bytes behind them. The request is a part of `buffer`.
   */
  complete(buffer: Uint8Array, end: number): Uint8Array
}

/** Whose spans they are. */
export interface SpanOrigin {
  readonly resource: Readonly<Record<string, string>>
  readonly scope: string
}
