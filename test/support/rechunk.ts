// The same bytes in other pieces.

/** A small deterministic generator (mulberry32), so that a failing seed can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** All at once, byte by byte, and cut at random. */
export function rechunkings(bytes: Uint8Array): { name: string; chunks: Uint8Array[] }[] {
  const cut = (next: () => number) => {
    const chunks: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const size = Math.max(1, next())
      chunks.push(bytes.slice(at, at + size))
      at += size
    }
    return chunks
  }
  const seeds = [1, 2, 3, 4, 5].map((seed) => {
    const random = seededRandom(seed)
    return { name: `seed ${seed}`, chunks: cut(() => Math.floor(random() * 40)) }
  })
  return [
    { name: 'all at once', chunks: [bytes] },
    { name: 'byte by byte', chunks: cut(() => 1) },
    ...seeds,
  ]
}
