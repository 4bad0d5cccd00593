// The listener for clients on Bun: https://bun.com/docs/runtime/http/server
// Described here as far as it is used, so that nobody needs Bun's types to build.
import type { Gateway } from '../src/index.ts'
import { isAbsentAddress, type Listening, type ServeOptions } from './listening.ts'

interface BunServer {
  readonly port: number
  /** Resolves when the last answer has ended; `true` ends them all now. */
  stop(closeActiveConnections?: boolean): Promise<void>
  /** Seconds of silence after which the request's connection is closed; 0: never. */
  timeout(request: Request, seconds: number): void
}

interface BunServeOptions {
  readonly port: number
  readonly hostname: string
  readonly ipv6Only: boolean
  readonly idleTimeout: number
  readonly maxRequestBodySize: number
  readonly development: false
  fetch(request: Request, server: BunServer): Response | Promise<Response>
}

interface Bun {
  serve(options: BunServeOptions): BunServer
}

/** What Bun takes at most, in seconds. */
const maxIdleSeconds = 255
const defaultIdleMs = 60_000

/** Rejects with Bun's error, whose `code` may be `EADDRINUSE`. */
export async function serveOnBun(
  fetch: Gateway['fetch'],
  { port, hosts, client }: ServeOptions,
): Promise<Listening> {
  // The cast: asked for on Bun alone.
  const { serve } = (globalThis as unknown as { readonly Bun: Bun }).Bun
  const idleSeconds = Math.ceil((client.idleTimeoutMs ?? defaultIdleMs) / 1000)
  const servers: BunServer[] = []
  let bound = port
  let absent: unknown
  for (const hostname of hosts) {
    try {
      const server = serve({
        port: bound,
        hostname,
        // Beside 0.0.0.0 on the same port, `::` must keep to its own family.
        ipv6Only: hosts.length > 1,
        idleTimeout: Math.min(idleSeconds, maxIdleSeconds),
        // The core has its own limit, and answers in the client's dialect.
        maxRequestBodySize: Number.MAX_SAFE_INTEGER,
        development: false,
        fetch: (request, own) => answer(fetch, request, own),
      })
      bound = server.port
      servers.push(server)
    } catch (error) {
      if (hosts.length > 1 && isAbsentAddress(error)) {
        absent = error
        continue
      }
      await stopAll(servers, 'now')
      throw error
    }
  }
  if (servers.length === 0) throw absent
  return {
    port: bound,
    async drain(timeoutMs) {
      const cut = setTimeout(() => void stopAll(servers, 'now'), timeoutMs)
      await stopAll(servers, 'gracefully')
      clearTimeout(cut)
    },
  }
}

function answer(
  fetch: Gateway['fetch'],
  request: Request,
  server: BunServer,
): Response | Promise<Response> {
  if (!hasOneHost(request)) return new Response('Bad Request', { status: 400 })
  // A model may think for minutes before its next word: the core has its own limits, which know about streams.
  server.timeout(request, 0)
  return fetch(request)
}

/** Bun puts two hosts in a row, and leaves a path where the URL should be when `Host` is none. */
function hasOneHost({ url, headers }: Request): boolean {
  return URL.canParse(url) && !headers.get('host')?.includes(',')
}

async function stopAll(servers: readonly BunServer[], how: 'gracefully' | 'now'): Promise<void> {
  await Promise.all(servers.map((server) => server.stop(how === 'now')))
}
