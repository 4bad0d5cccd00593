// The simulator behind a real socket: every provider's dialect, and every trouble that a request asks for in its
// header `x-fate` (as in `x-simulate`, which no gateway passes on).
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { schedule } from '../../src/schedule.ts'
import { createSimulator } from '../../src/simulate/simulator.ts'

export interface SimulatedServer {
  readonly port: number
  /** Answers that have begun, or will. */
  open(): number
  close(): Promise<void>
}

/** `headers`: with every answer. */
export async function startSimulatedServer(
  headers: Readonly<Record<string, string>> = {},
): Promise<SimulatedServer> {
  const simulate = createSimulator({ now: Date.now, schedule, rate: 0, delayMs: 0 })
  let open = 0
  const server = createServer(async (request, response) => {
    open++
    const gone = new AbortController()
    response.on('close', () => {
      open--
      gone.abort()
    })
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const texts = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    try {
      const answer = await simulate(`http://${request.headers.host}${request.url}`, {
        // The cast: what it does not know, it refuses.
        method: request.method as 'POST',
        headers: Object.fromEntries(texts),
        ...(chunks.length === 0 ? {} : { body: new Uint8Array(Buffer.concat(chunks)) }),
        signal: gone.signal,
        redirect: 'manual',
        trouble: String(request.headers['x-fate'] ?? ''),
      })
      answer.headers.forEach((value, name) => {
        response.setHeader(name, value)
      })
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.writeHead(answer.status)
      response.flushHeaders()
      const { body } = answer
      if (body === null) return void response.end()
      // The cast: Node's types know two kinds of web streams.
      const readable = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
      readable.on('error', () => response.destroy())
      readable.pipe(response)
    } catch {
      response.destroy()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    // The cast: it listens on TCP.
    port: (server.address() as AddressInfo).port,
    open: () => open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
