import type { SseWriter, StreamFailure } from '../streams/stream-translator.ts'

/** Makes a client's events out of the events of another client's dialect, which have been made already. */
export interface ValueRewrite {
  value(value: unknown, out: SseWriter): void
  /** Text that is a whole event already. */
  raw(text: string, out: SseWriter): void
  failure(failure: StreamFailure, out: SseWriter): void
}
