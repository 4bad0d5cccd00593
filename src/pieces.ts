// Bytes in pieces that follow one another: what came in pieces, or goes out in them, need not be copied.

export type Pieces = readonly Uint8Array<ArrayBuffer>[]

const countBytes = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, { length }) => sum + length, 0)

/** One array of all; a lone piece is handed on uncopied. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const [first] = pieces
  // The cast: pieces come from sockets and encoders, never from shared memory.
  if (pieces.length === 1 && first) return first as Uint8Array<ArrayBuffer>
  const whole = new Uint8Array(countBytes(pieces))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
