/** One array of `length` bytes out of the chunks; a lone chunk is handed on uncopied. */
export function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const [first] = chunks
  // The cast: chunks come from sockets and encoders, never from shared memory.
  if (chunks.length === 1 && first) return first as Uint8Array<ArrayBuffer>
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
