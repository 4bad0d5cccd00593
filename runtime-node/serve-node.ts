// The listener for clients on Node.
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { ClientPolicySpec, Gateway } from '../src/index.ts'
import { listenOnHosts } from './listen.ts'
import type { Listening, ServeOptions } from './listening.ts'
import { judgeHead } from './request-head.ts'
import { describeRequest } from './request-runtime.ts'

/** Rejects with Node's error, whose `code` may be `EADDRINUSE`. */
export async function serveOnNode(
  fetch: Gateway['fetch'],
  options: ServeOptions,
): Promise<Listening> {
  const listener = getRequestListener((request, { incoming, outgoing }) => {
    const head = judgeHead(incoming.rawHeaders)
    if (head === 'two-hosts') return refuseTwoHosts()
    return fetch(request, undefined, describeRequest(incoming, outgoing, head))
  })
  const { servers, port } = await listenOnHosts(
    () => createListener(listener, options.client),
    options,
  )
  const sockets = new Set<Socket>()
  for (const server of servers) {
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
  }
  return {
    port,
    async drain(timeoutMs) {
      const closing = Promise.all(servers.map(close))
      // A connection goes idle when its answer ends, and nobody else would close it then.
      const sweep = setInterval(() => {
        for (const server of servers) server.closeIdleConnections()
        // Browsers connect before they ask; Node takes such a connection for a busy one.
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
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

const refuseTwoHosts = () =>
  new Response('Bad Request', {
    status: 400,
    headers: { connection: 'close', 'content-type': 'text/plain' },
  })

/** How long a client whose request was refused may take to read why. */
const lingerMs = 500

/** What the parser refuses never reaches the handler: a short answer, then the end. */
function refuse(error: NodeJS.ErrnoException, socket: Socket) {
  // The cast: Node's own, by which it knows too that an answer is under way. Ours would land inside it.
  const { _httpMessage: current } = socket as Socket & { _httpMessage?: ServerResponse | null }
  if (error.code === 'ECONNRESET' || !socket.writable || current?.headersSent) {
    return socket.destroy()
  }
  setTimeout(() => socket.destroy(), lingerMs).unref()
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

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()))
