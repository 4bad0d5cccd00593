// Runs a transformer over a web stream: what `pipeThrough` does, but a source that breaks is told to the
// transformer, which can then still say so to the client.
import type { BodyController, BodyTransformer } from './stream-translator.ts'

/** Bytes that may wait for a slow reader before the provider is told to wait too. */
export const bodyHighWaterMark = 64 * 1024

export function pumpBody(
  body: ReadableStream<Uint8Array>,
  transformer: BodyTransformer,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let over = false
  let enqueued = 0
  let control: BodyController

  const close = (stream: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    if (over) return
    over = true
    stream.close()
  }
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(stream) {
        control = {
          enqueue(chunk) {
            if (over) return
            enqueued++
            stream.enqueue(chunk)
          },
          terminate() {
            close(stream)
            // A source that is broken already has nothing to cancel.
            reader.cancel().catch(() => {})
          },
        }
        transformer.start(control)
      },
      async pull(stream) {
        // A stream whose pull enqueues nothing is not pulled again, so read on until something came.
        const before = enqueued
        while (!over && enqueued === before) {
          let piece: ReadableStreamReadResult<Uint8Array>
          try {
            piece = await reader.read()
          } catch (error) {
            if (!over) transformer.fail(error, control)
            return close(stream)
          }
          if (over) return
          if (piece.done) {
            transformer.flush(control)
            return close(stream)
          }
          transformer.transform(piece.value, control)
        }
      },
      cancel(reason) {
        over = true
        transformer.cancel(reason)
        return reader.cancel(reason).catch(() => {})
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: bodyHighWaterMark }),
  )
}
