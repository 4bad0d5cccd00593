// Parts of absolute URLs, without the cost of parsing: whoever asks has a URL that a runtime has written.

const authorityStart = (url: string) => url.indexOf('://') + 3

/** Host, and port where one is written. */
export function authorityOf(url: string): string {
  const start = authorityStart(url)
  const end = url.indexOf('/', start)
  return url.slice(start, end < 0 ? undefined : end)
}

/** With the query, if there is one. */
export const pathOf = (url: string): string => url.slice(url.indexOf('/', authorityStart(url)))

/** Of `host:port`; a host that has no port as it is. */
export const withoutPort = (host: string): string => host.replace(/:\d+$/, '')
