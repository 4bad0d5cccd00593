// The outgoing side where nobody hands one in: the runtime's own `fetch`.
import type { UpstreamFetch } from './ports.ts'

/**
 * Looked up at each call: a runtime may replace its globals. The cast: `timeout` is Bun's own, which would
 * give up after five minutes of silence; elsewhere it says nothing.
 */
export const platformFetch: UpstreamFetch = (url, init) =>
  globalThis.fetch(url, {
    ...init,
    // Not an own member, which is all that a spread takes along.
    signal: init.signal,
    timeout: false,
  } as RequestInit)
