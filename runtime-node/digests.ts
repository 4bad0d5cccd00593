// SHA-256 by Node's own crypto, which is done when it returns.
import { createHash, createHmac } from 'node:crypto'
import type { Digests } from '../src/index.ts'

export const nodeDigests: Digests = {
  sha256(pieces) {
    const hash = createHash('sha256')
    for (const piece of pieces) hash.update(piece)
    return hash.digest('hex')
  },
  hmacSha256(key, text) {
    const secret = typeof key === 'string' ? key : new Uint8Array(key)
    // Copied: a short Buffer may be a part of a pool.
    return Uint8Array.from(createHmac('sha256', secret).update(text).digest()).buffer
  },
}
