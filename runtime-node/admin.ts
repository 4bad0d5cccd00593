// The admin server (port 1064): is the gateway up, and how is it doing? No credentials pass here, and a web page
// that tricks a browser into asking (DNS rebinding, another site's script) gets nothing.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { isLoopback } from './hosts.ts'
import { listenOnHosts } from './listen.ts'

export type AdminAnswer = AdminText | AdminStream

interface AdminHead {
  readonly status: number
  /** Plain text where absent. */
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface AdminText extends AdminHead {
  readonly body: string
}

export interface AdminStream extends AdminHead {
  /** Called when the head is out; what it returns is called when the client has gone. */
  readonly open: (send: SendText) => () => void
}

/** Leaves out what would have to wait: a client that is slow misses some, and holds nothing up. */
export type SendText = (text: string) => void

/** What answers GET and HEAD of a path. */
export type AdminHandler = (caller: AdminCaller) => AdminAnswer | Promise<AdminAnswer>

export interface AdminCaller {
  /** The connection comes from this machine. */
  readonly isLocal: boolean
}

export type AdminRoutes = Readonly<Record<string, AdminHandler>>

export interface AdminServer {
  readonly port: number
  /** `/ready` says 200 from now on. */
  markReady(): void
  /** `/health` and `/ready` say 503 from now on. */
  startDraining(): void
  close(): Promise<void>
}

export interface AdminOptions {
  /** 0: any free one. */
  readonly port: number
  readonly hosts: readonly string[]
  /** By path, besides `/health` and `/ready`. */
  readonly routes?: AdminRoutes
  /** What `/health` says besides that all is well; a line of text. */
  readonly remark?: () => string | undefined
  /** How long a client may take to send its head, default 5 s. */
  readonly headTimeoutMs?: number
}

/** Rejects with the Node error where the port cannot be bound. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  let state: 'starting' | 'ready' | 'draining' = 'starting'
  const routes = new Map<string, AdminHandler>(
    Object.entries({
      ...options.routes,
      '/health': () => {
        if (state === 'draining') return { status: 503, body: 'draining\n' }
        const remark = options.remark?.()
        return { status: 200, body: `OK\n${remark === undefined ? '' : `${remark}\n`}` }
      },
      '/ready': () => ({ status: state === 'ready' ? 200 : 503, body: `${state}\n` }),
    } satisfies AdminRoutes),
  )
  const onlyLoopback = options.hosts.every(isLoopback)
  const { headTimeoutMs = 5000 } = options
  const limits = {
    headersTimeout: headTimeoutMs,
    requestTimeout: 2 * headTimeoutMs,
    // Node looks for overdue clients this often; its default is 30 s.
    connectionsCheckingInterval: headTimeoutMs / 10,
  }
  const answer = async (request: IncomingMessage): Promise<AdminAnswer> => {
    if (onlyLoopback && !namesThisMachine(request.headers.host)) {
      return { status: 403, body: 'forbidden host\n' }
    }
    if (isAskedByOtherSite(request)) return { status: 403, body: 'forbidden origin\n' }
    const handler = routes.get(request.url?.split('?', 1)[0] ?? '')
    if (handler === undefined) return { status: 404, body: 'not found\n' }
    const allowed = request.method === 'GET' || request.method === 'HEAD'
    if (!allowed) return { status: 405, body: 'method not allowed\n' }
    return handler({ isLocal: isLocalAddress(request.socket.remoteAddress ?? '') })
  }
  const { servers, port } = await listenOnHosts(
    () =>
      createServer(limits, (request, response) => {
        answer(request).then(
          (value) => send(request, response, value),
          () => send(request, response, { status: 500, body: 'internal error\n' }),
        )
      }),
    options,
  )
  return {
    port,
    markReady() {
      if (state === 'starting') state = 'ready'
    },
    startDraining() {
      state = 'draining'
    },
    async close() {
      const closing = servers.map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      )
      for (const server of servers) server.closeAllConnections()
      await Promise.all(closing)
    },
  }
}

/** A peer's address; IPv4 may come in the form of IPv6. */
function isLocalAddress(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address)
}

function send(request: IncomingMessage, response: ServerResponse, answer: AdminAnswer): void {
  const head = {
    ...answer.headers,
    'content-type': answer.contentType ?? 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    ...(answer.status === 405 && { allow: 'GET, HEAD' }),
  }
  const bodyless = request.method === 'HEAD'
  if ('body' in answer) {
    const body = Buffer.from(answer.body)
    response.writeHead(answer.status, { ...head, 'content-length': body.length })
    response.end(bodyless ? undefined : body)
    return
  }
  response.writeHead(answer.status, head)
  if (bodyless) {
    response.end()
    return
  }
  response.flushHeaders()
  const close = answer.open((text) => {
    if (!response.writableNeedDrain) response.write(text)
  })
  response.on('close', close)
}

/**
 * A script or an element of another page asks, one on another port of this machine included; following a link from
 * there is fine. https://www.w3.org/TR/fetch-metadata/
 */
function isAskedByOtherSite({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return true
  }
  const site = headers['sec-fetch-site']
  if (site !== 'cross-site' && site !== 'same-site') return false
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}

/**
 * Whether a `Host` header can only mean this machine: an address, or a name that browsers never look up. A name of
 * an attacker's own that resolves to 127.0.0.1 is neither.
 */
function namesThisMachine(host: string | undefined): boolean {
  if (host === undefined) return true
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const bare = name.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) !== 0 || name === 'localhost' || name.endsWith('.localhost')
}
