// Host names of routes: exact, then the longest wildcard, then any.

/** Lower-case and without port; brackets of an IPv6 address are taken off. */
function normalizeHost(authority: string): string {
  const host = authority.toLowerCase()
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'))
  const colon = host.indexOf(':')
  // More than one colon is an IPv6 address without brackets, hence without a port.
  return colon < 0 || host.includes(':', colon + 1) ? host : host.slice(0, colon)
}

export interface HostTable<Entry> {
  /** The single most specific entry: there is no way back from it to a less specific one. */
  find(host: string): Entry | undefined
}

/** `entries` by host name: `a.com`, `*.a.com` (one label or more), or `*`. */
export function createHostTable<Entry>(entries: ReadonlyMap<string, Entry>): HostTable<Entry> {
  const any = entries.get('*')
  const wildcards = [...entries.keys()]
    .filter((name) => name.startsWith('*.'))
    .sort((a, b) => b.length - a.length)
    .map((name) => ({ suffix: name.slice(1), entry: entries.get(name) }))
  if (entries.size === (any === undefined ? 0 : 1)) return { find: () => any }
  return {
    find(authority) {
      const host = normalizeHost(authority)
      const exact = entries.get(host)
      if (exact !== undefined) return exact
      const wildcard = wildcards.find(
        ({ suffix }) => host.length > suffix.length && host.endsWith(suffix),
      )
      return wildcard?.entry ?? any
    },
  }
}
