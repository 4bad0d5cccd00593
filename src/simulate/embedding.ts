// Embeddings that mean nothing but behave: the same text has the same vector, of length 1.
import { hashHex } from './hash.ts'

/** A vector of unit length; alike for equal texts, and as good as perpendicular for others. */
export function embed(text: string, dimensions: number): number[] {
  const next = createNoise(text)
  const values = Array.from({ length: dimensions }, next)
  const length = Math.hypot(...chunkSums(values))
  return values.map((value) => Math.fround(value / length))
}

/** Lengths of parts of the vector: `Math.hypot` takes only so many arguments. */
function chunkSums(values: readonly number[]): number[] {
  const size = 1024
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    Math.hypot(...values.slice(index * size, (index + 1) * size)),
  )
}

/** Numbers in [-1, 1) out of a seed (xorshift32). */
function createNoise(seed: string): () => number {
  let state = Number.parseInt(hashHex(seed).slice(0, 8), 16) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state | 0) / 2 ** 31
  }
}
