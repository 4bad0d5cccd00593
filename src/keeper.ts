// What outlives a configuration: each one takes over from the one before what it still names.

export interface Keeper<Item> {
  /** For the next configuration. Nothing is forgotten unless it commits. */
  begin(): {
    of(key: string, make: () => Item): Item
    commit(): void
  }
}

export function createKeeper<Item>(): Keeper<Item> {
  let kept: ReadonlyMap<string, Item> = new Map()
  return {
    begin() {
      const next = new Map<string, Item>()
      return {
        of(key, make) {
          const item = next.get(key) ?? kept.get(key) ?? make()
          next.set(key, item)
          return item
        },
        commit() {
          kept = next
        },
      }
    },
  }
}
