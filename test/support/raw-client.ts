// A client on a bare TCP socket: it can send what no HTTP library would, stop reading, and leave.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The body came to the end that its own framing announces. */
  readonly whole: boolean
}

export interface RawClient {
  readonly socket: Socket
  send(bytes: Uint8Array | string): void
  /** Everything that has come so far. */
  received(): Buffer
  /** The answers that are whole, and at the connection's end the one that is not. */
  answers(): RawAnswer[]
  /** Waits for the n-th answer (from 1) to be whole, or for the end of the connection. */
  answer(n?: number): Promise<RawAnswer>
  /** Waits until `text` has come. */
  until(text: string): Promise<void>
  readonly closed: Promise<void>
  /** Leaves, with FIN or RST; `performance.now()` of that. */
  leave(how?: 'fin' | 'reset'): number
}

export async function openRawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  const chunks: Buffer[] = []
  let count = 0
  let tail = ''
  let whole: Buffer = Buffer.alloc(0)
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const check of [...waiting]) check()
  }
  let over = false
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    count += chunk.length
    tail = (tail + chunk.subarray(-10).toString('latin1')).slice(-10)
    wake()
  })
  const closed = new Promise<void>((resolve) => {
    const finish = () => {
      over = true
      wake()
      resolve()
    }
    socket.on('end', finish)
    socket.on('close', finish)
  })
  const received = () => {
    if (chunks.length > 0) {
      whole = Buffer.concat([whole, ...chunks])
      chunks.length = 0
    }
    return whole
  }
  const answers = () => parseAnswers(received(), over)
  const waitFor = <T>(look: () => T | undefined, what: string) =>
    new Promise<T>((resolve, reject) => {
      const check = () => {
        const found = look()
        if (found === undefined && !over) return
        waiting.delete(check)
        if (found === undefined) {
          reject(new Error(`the connection has ended without ${what}: ${received()}`))
        } else resolve(found)
      }
      waiting.add(check)
      check()
    })
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    received,
    answers,
    // A long answer is not parsed again for each of its pieces.
    answer: (n = 1) =>
      waitFor(
        () => (count < 1e6 || over || tail.endsWith('0\r\n\r\n') ? answers()[n - 1] : undefined),
        `answer ${n}`,
      ),
    until: async (text) => {
      await waitFor(() => (received().includes(text) ? true : undefined), JSON.stringify(text))
    },
    closed,
    leave(how = 'fin') {
      const at = performance.now()
      if (how === 'reset') socket.resetAndDestroy()
      else socket.destroy()
      return at
    },
  }
}

function parseAnswers(bytes: Buffer, over: boolean): RawAnswer[] {
  const answers: RawAnswer[] = []
  let at = 0
  while (at < bytes.length) {
    const headEnd = bytes.indexOf('\r\n\r\n', at)
    if (headEnd < 0) break
    const [first = '', ...lines] = bytes.subarray(at, headEnd).toString('latin1').split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const status = Number(first.split(' ')[1])
    const start = headEnd + 4
    if (status === 100) {
      at = start
      continue
    }
    const { body, end, whole } =
      headers['transfer-encoding'] === 'chunked'
        ? readChunked(bytes, start)
        : readLength(bytes, start, headers['content-length'])
    if (!whole && !over) break
    answers.push({ status, headers, body, whole })
    at = end
  }
  return answers
}

function readLength(bytes: Buffer, start: number, length: string | undefined) {
  const end = length === undefined ? bytes.length : start + Number(length)
  const body = bytes.subarray(start, end)
  return { body, end, whole: length !== undefined && bytes.length >= end }
}

function readChunked(bytes: Buffer, start: number) {
  const pieces: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) break
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    const from = lineEnd + 2
    if (size === 0 && bytes.length >= from + 2) {
      return { body: Buffer.concat(pieces), end: from + 2, whole: true }
    }
    pieces.push(bytes.subarray(from, from + size))
    if (size === 0 || bytes.length < from + size + 2) break
    at = from + size + 2
  }
  return { body: Buffer.concat(pieces), end: bytes.length, whole: false }
}

/** A POST as any client sends it. */
export function postOf(
  body: string,
  {
    path = '/v1/chat/completions',
    headers = {},
  }: { path?: string; headers?: Record<string, string> } = {},
): string {
  const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return (
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n` +
    `content-length: ${Buffer.byteLength(body)}\r\n${more.join('')}\r\n${body}`
  )
}
