// A body that nobody looks into on its way: audio, for example. Not a stream of events: where it breaks off,
// the client's breaks off too, for a clean end would say that it was all.
import type { StreamEnd } from './stream-translator.ts'

export interface UnreadListener {
  /** So many bytes have come. */
  activity(bytes: number): void
  /** Exactly once; `error` with `failed`. */
  ended(how: StreamEnd, error?: unknown): void
}

/** Reads no further ahead than its reader does. */
export function passUnread(
  body: ReadableStream<Uint8Array>,
  listener: UnreadListener,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            listener.ended('complete')
            return
          }
          listener.activity(value.length)
          // The cast: bytes from a provider are never shared memory.
          controller.enqueue(value as Uint8Array<ArrayBuffer>)
        } catch (error) {
          controller.error(error)
          listener.ended('failed', error)
        }
      },
      cancel(reason) {
        listener.ended('client-gone')
        return reader.cancel(reason).catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}
