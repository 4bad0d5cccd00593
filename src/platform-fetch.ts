// The outgoing side where nobody hands one in: the runtime's own `fetch`.
import { type ConnectionFailure, connectionError } from './connection-failure.ts'
import type { UpstreamFetch } from './ports.ts'

/**
 * Looked up at each call: a runtime may replace its globals. The cast: `timeout` is Bun's own, which would
 * give up after five minutes of silence; elsewhere it says nothing.
 */
export const platformFetch: UpstreamFetch = async (url, init) => {
  // By name: some of them are accessors, which a spread does not take along.
  const { method, headers, body, redirect, signal } = init
  const request = { method, headers, redirect, signal, timeout: false }
  try {
    return await globalThis.fetch(
      url,
      (body === undefined ? request : { ...request, body }) as RequestInit,
    )
  } catch (error) {
    throw signal.aborted ? signal.reason : connectionError(failureOf(error), error)
  }
}

/**
 * All that `fetch` promises is a TypeError. Node and Bun have codes, Deno has the words of its HTTP client, and Workers say
 * the same of everything: there, what was reset cannot be told from what was never reached.
 */
function failureOf(error: unknown): ConnectionFailure {
  for (let one = error, depth = 0; one instanceof Error && depth < 4; one = one.cause, depth++) {
    const code = 'code' in one ? String(one.code) : ''
    if (code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW') return 'garbled'
    if (resetCodes.has(code)) return 'reset'
    if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timed-out'
    if (/client error \(Connect\)/.test(one.message)) return 'unreachable'
    if (/invalid HTTP/.test(one.message)) return 'garbled'
    if (/client error \(SendRequest\)|^Connection reset by peer/.test(one.message)) return 'reset'
  }
  return 'unreachable'
}

const resetCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
