// A collector for tests: takes OTLP by HTTP and by gRPC, and remembers what it got.
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttp2Server, createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

export interface Received {
  /** `/v1/traces`, or the method of a gRPC service. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface OtlpReceiver {
  readonly url: string
  readonly received: Received[]
  /** Resolves when something has come that `wanted` takes. */
  waitFor(wanted: (received: Received) => boolean): Promise<Received>
  close(): Promise<void>
}

/** `endless`: an answer that does not end. `broken`: the connection is cut. `unread`: nothing is read of a request's body. */
export type Manner = 'good' | 'silent' | 'garbage' | 'failing' | 'endless' | 'broken' | 'unread'

/** PEM of a server; absent: no TLS. */
export interface ServerIdentity {
  readonly cert: string
  readonly key: string
}

export async function startOtlpReceiver(
  manner: Manner = 'good',
  identity?: ServerIdentity,
): Promise<OtlpReceiver> {
  const inbox = createInbox()
  const listener: RequestListener = (request, response) => {
    if (manner === 'unread') {
      inbox.add({ path: request.url ?? '', headers: request.headers, body: Buffer.alloc(0) })
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks)
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw
      inbox.add({ path: request.url ?? '', headers: request.headers, body })
      if (manner === 'silent') return
      if (manner === 'broken') return request.socket.destroy()
      if (manner === 'endless') return sendForEver(response)
      if (manner === 'garbage') {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>\u0000\u0001')
      } else if (manner === 'failing') response.writeHead(500).end('no')
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  }
  const server =
    identity === undefined ? createHttpServer(listener) : createHttpsServer(identity, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...inbox,
    url: `${schemeOf(identity)}://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function sendForEver(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  const piece = Buffer.alloc(64 * 1024, 0x20)
  const goOn = () => {
    while (response.writable && response.write(piece));
  }
  response.on('drain', goOn).on('error', () => {})
  goOn()
}

export async function startGrpcReceiver(identity?: ServerIdentity): Promise<OtlpReceiver> {
  const inbox = createInbox()
  const server = identity === undefined ? createHttp2Server() : createSecureServer(identity)
  const sessions = new Set<{ destroy(): void }>()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => {})
  })
  server.on('stream', (stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => {})
    stream.on('end', () => {
      // Five bytes before each message: whether it is compressed, and its length.
      const body = Buffer.concat(chunks).subarray(5)
      inbox.add({ path: String(headers[':path']), headers, body })
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc' },
        { waitForTrailers: true },
      )
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
      stream.end(Buffer.alloc(5))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...inbox,
    url: `${schemeOf(identity)}://127.0.0.1:${portOf(server.address())}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const session of sessions) session.destroy()
      }),
  }
}

const schemeOf = (identity: ServerIdentity | undefined) =>
  identity === undefined ? 'http' : 'https'

const portOf = (address: string | AddressInfo | null) =>
  typeof address === 'object' && address !== null ? address.port : 0

function createInbox() {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  return {
    received,
    add(one: Received) {
      received.push(one)
      for (const look of waiting) look()
    },
    waitFor: (wanted: (one: Received) => boolean) =>
      new Promise<Received>((resolve) => {
        const look = () => {
          const found = received.find(wanted)
          if (found === undefined) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
  }
}

interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: number | string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
}

interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
  readonly events?: readonly {
    readonly name: string
    readonly attributes: readonly OtlpAttribute[]
  }[]
  readonly status: { readonly code?: number; readonly message?: string }
}

function readValue(value: OtlpValue): unknown {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(readValue)
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue
}

export const readAttributes = (list: readonly OtlpAttribute[] = []): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, readValue(value)]))

/** Of requests in JSON. */
export function spansOf(received: readonly Received[]): OtlpSpan[] {
  return received
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => JSON.parse(body.toString()).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
}
