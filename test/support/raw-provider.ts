// A provider on a bare TCP socket, so that a test decides over every byte, reset and silence. It reads
// requests strictly: a length, nothing else, so that two requests can never look like one.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** As they came, in order. */
  readonly headerLines: readonly string[]
  /** Lower-case names; the last one of several. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** One connection, seen from one request on it. */
export interface Line {
  readonly request: ReceivedRequest
  readonly socket: Socket
  /** Resolves when the bytes have left this process for the kernel; false where the socket has closed. */
  write(bytes: Uint8Array | string): Promise<boolean>
  /** An orderly end of our side. */
  fin(): void
  reset(): void
  /** `performance.now()` of the end of the connection, whoever ended it. */
  readonly closed: Promise<number>
}

export type RawScript = (line: Line) => void | Promise<void>

export interface RawProvider {
  readonly port: number
  readonly requests: ReceivedRequest[]
  /** Bytes that were on a connection after a whole request, or before one, and are none. */
  readonly strayBytes: () => number
  readonly openConnections: () => number
  readonly connectionsMade: () => number
  /** The n-th request (from 1), as soon as it is there. */
  line(n?: number): Promise<Line>
  /** Changes what the next requests get. */
  answer(script: RawScript): void
  close(): Promise<void>
}

/** Every request is answered by `script`, or by the test through `line`; `tls` makes it a TLS server. */
export async function startRawProvider(
  script: RawScript = () => {},
  tls?: TlsOptions,
): Promise<RawProvider> {
  const requests: ReceivedRequest[] = []
  const lines: Line[] = []
  const awaited = new Set<() => void>()
  const open = new Set<Socket>()
  let current = script
  let stray = 0
  let made = 0
  const accept = (socket: Socket) => {
    made++
    open.add(socket)
    socket.setNoDelay(true)
    // Each write that waits for the socket listens to its end.
    socket.setMaxListeners(0)
    const closed = new Promise<number>((resolve) => {
      socket.on('close', () => {
        open.delete(socket)
        resolve(performance.now())
      })
    })
    // A reset is one of the ways in which a gateway hangs up.
    socket.on('error', () => {})
    let buffered: Buffer = Buffer.alloc(0)
    let waiting: Buffer[] = []
    let missing = 0
    socket.on('data', (chunk) => {
      // A large body is put together once, not once for each of its pieces.
      waiting.push(chunk)
      missing -= chunk.length
      if (missing > 0) return
      buffered = Buffer.concat([buffered, ...waiting])
      waiting = []
      for (;;) {
        const parsed = parseRequest(buffered)
        if (typeof parsed === 'number') {
          missing = parsed
          return
        }
        if (parsed === 'garbage') {
          stray += buffered.length
          socket.destroy()
          return
        }
        buffered = buffered.subarray(parsed.length)
        requests.push(parsed.request)
        const line: Line = {
          request: parsed.request,
          socket,
          closed,
          write: (bytes) =>
            new Promise((resolve) => {
              if (socket.destroyed) return resolve(false)
              const onClose = () => resolve(false)
              socket.once('close', onClose)
              socket.write(bytes, (error) => {
                socket.off('close', onClose)
                resolve(!error)
              })
            }),
          fin: () => socket.end(),
          reset: () => socket.resetAndDestroy(),
        }
        lines.push(line)
        for (const look of [...awaited]) look()
        void current(line)
      }
    })
    socket.on('close', () => {
      stray += buffered.length + waiting.length
    })
  }
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept)
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 })
  await once(server, 'listening')
  return {
    // The cast: a TCP server's address is no pipe name.
    port: (server.address() as AddressInfo).port,
    requests,
    strayBytes: () => stray,
    openConnections: () => open.size,
    connectionsMade: () => made,
    line: (n = 1) =>
      new Promise((resolve) => {
        const look = () => {
          const line = lines[n - 1]
          if (line === undefined) return
          awaited.delete(look)
          resolve(line)
        }
        awaited.add(look)
        look()
      }),
    answer(next) {
      current = next
    },
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Parsed = { readonly request: ReceivedRequest; readonly length: number }

/** A number: so many bytes are missing at least. */
function parseRequest(bytes: Buffer): Parsed | 'garbage' | number {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return bytes.length > 64 * 1024 ? 'garbage' : 1
  const [first = '', ...headerLines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n')
  const match = /^([A-Z]+) (\S+) HTTP\/1\.1$/.exec(first)
  if (match === null || headerLines.some((line) => !/^[^\s:]+: ?[^\r\n]*$/.test(line))) {
    return 'garbage'
  }
  const headers = Object.fromEntries(
    headerLines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  if (headers['transfer-encoding'] !== undefined) return 'garbage'
  const start = headEnd + 4
  const length = start + Number(headers['content-length'] ?? 0)
  if (bytes.length < length) return length - bytes.length
  const [, method = '', path = ''] = match
  const body = Buffer.from(bytes.subarray(start, length))
  return { request: { method, path, headerLines, headers, body }, length }
}

/** The head of an answer. */
export function answerHead(
  status: number,
  headers: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Something\r\n${lines.join('')}\r\n`
}

/** One piece of a chunked body. */
export function chunkOf(bytes: Uint8Array | string): Buffer {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}

export const lastChunk = '0\r\n\r\n'

/** A whole answer with a length. */
export function wholeAnswer(
  body: Uint8Array | string,
  status = 200,
  headers: Readonly<Record<string, string | number>> = {},
): Buffer {
  const data = Buffer.from(body)
  const head = answerHead(status, {
    'content-type': 'application/json',
    'content-length': data.length,
    ...headers,
  })
  return Buffer.concat([Buffer.from(head), data])
}

/** A port that refuses connections. */
export async function refusingPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // The cast: a TCP server's address is no pipe name.
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
