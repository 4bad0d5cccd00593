// The outgoing side where nobody hands one in: the runtime's own `fetch`.
import { GatewayError } from './errors.ts'
import { maxAnswerBytes } from './limits.ts'
import type { UpstreamFetch, UpstreamRequest } from './ports.ts'
import { collectBody } from './streams/collect-body.ts'

/** No two runtimes reject alike: whatever it is, the provider could not be reached. */
export const platformFetch: UpstreamFetch = async (url, init) => {
  const response = await send(url, init)
  return {
    status: response.status,
    headers: response.headers,
    body: response.body,
    arrayBuffer: () => response.arrayBuffer(),
    async collect(onActivity = () => {}) {
      try {
        return await collectBody(response.body, { maxBytes: maxAnswerBytes, tooLarge, onActivity })
      } catch (cause) {
        if (GatewayError.is(cause)) throw cause
        init.signal.throwIfAborted()
        throw new GatewayError('upstream-reset', 'the provider broke off its answer', { cause })
      }
    },
  }
}

async function send(url: string, init: UpstreamRequest): Promise<Response> {
  try {
    // Looked up at each call: a runtime may replace its globals. The cast: `timeout` is Bun's own, which would
    // give up after five minutes of silence; elsewhere it says nothing.
    return await globalThis.fetch(url, {
      ...init,
      // Not an own member, which is all that a spread takes along.
      signal: init.signal,
      timeout: false,
    } as RequestInit)
  } catch (cause) {
    init.signal.throwIfAborted()
    throw new GatewayError('upstream-unreachable', unreachable, { cause })
  }
}

const unreachable =
  'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure'

const tooLarge = () =>
  new GatewayError('upstream-protocol', 'the answer of the provider is too large')
