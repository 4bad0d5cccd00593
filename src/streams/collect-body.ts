// A body read whole, within a limit.
import type { GatewayError } from '../errors.ts'
import { joinPieces } from '../pieces.ts'

export interface CollectOptions {
  readonly maxBytes: number
  /** What is thrown above that. */
  readonly tooLarge: () => GatewayError
  /** Told of each piece. */
  readonly onActivity?: () => void
}

/** Rejects as the stream does, and cancels what it leaves unread. */
export async function collectBody(
  body: ReadableStream<Uint8Array> | null,
  { maxBytes, tooLarge, onActivity }: CollectOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array(0)
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joinPieces(chunks)
      onActivity?.()
      length += value.length
      if (length > maxBytes) throw tooLarge()
      chunks.push(value)
    }
  } catch (error) {
    reader.cancel(error).catch(() => {})
    throw error
  }
}
