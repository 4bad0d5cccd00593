// One event of a provider's stream, and what cuts bytes into such.
import type { Frame } from './stream-translator.ts'

/** Cuts a provider's bytes into frames, wherever they were split. */
export interface FrameDecoder {
  /** Throws a `GatewayError` where the bytes are no frames, or one is too large. */
  push(chunk: Uint8Array): void
  /** The provider has ended. Throws a `GatewayError` inside a frame. */
  end(): void
}

/** A frame of server-sent events. */
export const createSseFrame = (data: string, event: string | undefined): Frame =>
  createFrame(data, event, undefined)

export function createFrame(
  data: string,
  event: string | undefined,
  exception: string | undefined,
): Frame {
  let parsed: unknown
  let done = false
  return {
    event,
    data,
    exception,
    json() {
      if (!done) {
        done = true
        try {
          parsed = JSON.parse(data)
        } catch {
          parsed = undefined
        }
      }
      return parsed
    },
  }
}
