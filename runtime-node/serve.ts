// The listener for clients.
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { ClientPolicySpec, Gateway } from '../src/index.ts'

export interface Listening {
  readonly port: number
  /** Stops accepting, lets what is under way run up to `timeoutMs`, then cuts it. */
  drain(timeoutMs: number): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  /** Addresses to bind; one that the machine does not have is left out if another is there. */
  readonly hosts: readonly string[]
  readonly client: ClientPolicySpec
}

/** Rejects with Node's error, whose `code` may be `EADDRINUSE`. */
export async function serve(fetch: Gateway['fetch'], options: ServeOptions): Promise<Listening> {
  const listener = getRequestListener(withHealth(fetch, options.client.healthPath))
  const servers: Server[] = []
  let { port } = options
  for (const host of options.hosts) {
    const server = createListener(listener, options.client)
    try {
      port = await listen(server, port, host)
      servers.push(server)
    } catch (error) {
      if (servers.length > 0 && isAbsentAddress(error)) continue
      await Promise.all(servers.map(close))
      throw error
    }
  }
  return {
    port,
    async drain(timeoutMs) {
      const closing = Promise.all(servers.map(close))
      // A connection goes idle when its answer ends, and nobody else would close it then.
      const sweep = setInterval(() => {
        for (const server of servers) server.closeIdleConnections()
      }, 50)
      const cut = setTimeout(() => {
        for (const server of servers) server.closeAllConnections()
      }, timeoutMs)
      await closing
      clearInterval(sweep)
      clearTimeout(cut)
    },
  }
}

function withHealth(fetch: Gateway['fetch'], healthPath: string | undefined): Gateway['fetch'] {
  if (healthPath === undefined) return fetch
  return (request) =>
    new URL(request.url).pathname === healthPath ? new Response(null) : fetch(request)
}

type Handler = ReturnType<typeof getRequestListener>

function createListener(listener: Handler, client: ClientPolicySpec): Server {
  const requestTimeout = client.requestReceivedTimeoutMs ?? 300_000
  const server = createServer(
    {
      maxHeaderSize: 60 * 1024,
      requestTimeout,
      headersTimeout: Math.min(requestTimeout, 60_000),
      connectionsCheckingInterval: Math.min(30_000, Math.max(100, requestTimeout / 4)),
      // Clients that keep connections for later find them open: the default of 5 s is too short.
      keepAliveTimeout: client.idleTimeoutMs ?? 60_000,
    },
    listener,
  )
  server.on('clientError', refuse)
  return server
}

/** What the parser refuses never reaches the handler: a short answer, then the end. */
function refuse(error: NodeJS.ErrnoException, socket: Socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) return socket.destroy()
  const [status, text] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'request timeout']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', '']
        : ['400 Bad Request', 'Bad Request']
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
  )
}

const listen = (server: Server, port: number, host: string) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: 1024 }, () => {
      server.off('error', reject)
      // The cast: a TCP server's address is no pipe name.
      resolve((server.address() as AddressInfo).port)
    })
  })

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))

const isAbsentAddress = (error: unknown) =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
