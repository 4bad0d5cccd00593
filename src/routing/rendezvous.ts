// Weighted rendezvous hashing: a key stays with its item for as long as the item is there, and when one goes, only
// its keys move. https://en.wikipedia.org/wiki/Rendezvous_hashing#Weighted_rendezvous_hash

/** FNV-1a with murmur's last mix: the same on every runtime and in every process. In (0, 1). */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32
}

/** The item that the key belongs to; undefined where there is none with any weight. */
export function rankByHash<Item>(
  key: string,
  items: readonly Item[],
  describe: (item: Item) => { readonly id: string; readonly weight: number },
): Item | undefined {
  let best: Item | undefined
  let bestScore = 0
  for (const item of items) {
    const { id, weight } = describe(item)
    const score = -weight / Math.log(hashToUnit(`${id}\n${key}`))
    if (score > bestScore) {
      best = item
      bestScore = score
    }
  }
  return best
}
