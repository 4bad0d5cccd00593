// More than anybody wants to read: the gateway takes little of it, and others are served meanwhile. Measured
// on a gateway in a process of its own.
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { crc32 } from '../../src/streams/crc32.ts'
import { hello, helloStream } from '../support/ask.ts'
import type { Memory } from '../support/gateway-child.ts'
import { type GatewayProcess, inMiB, startGatewayProcess } from '../support/gateway-process.ts'
import { exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { dialects, openai, type ProviderDialect } from '../support/provider-dialects.ts'
import { postOf, type RawAnswer, type RawClient } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  type RawProvider,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import { localBackend } from '../support/socket-gateway.ts'

const MiB = 1024 * 1024
const figures: string[] = []
afterAll(() => console.info(`floods:\n${figures.map((line) => `  ${line}`).join('\n')}`))

let provider: RawProvider
let healthy: RawProvider
let gateway: GatewayProcess
let before: Memory

beforeAll(async () => {
  provider = await startRawProvider()
  healthy = await startRawProvider(async (line) => {
    if (!line.request.body.includes('"stream":true')) {
      return void line.write(wholeAnswer(openai.whole))
    }
    await line.write(streamHead(openai))
    for (const event of openai.events(['all is well'])) await line.write(chunkOf(event))
    await line.write(lastChunk)
  })
  const to = (name: string) => rule([exact('x-test-backend', name)], [ref(name)])
  gateway = await startGatewayProcess(
    gatewaySpec(
      [
        ...dialects.map(({ name, schema }) => localBackend(name, provider.port, { schema })),
        localBackend('healthy', healthy.port),
      ],
      [...dialects.map(({ name }) => to(name)), to('healthy')],
      { listeners: [{ name: 'http', port: 0, client: { maxRequestBytes: 50 * MiB } }] },
    ),
  )
  // So that what is measured is the flood, and not the first requests of a process.
  for (let i = 0; i < 300; i++) await ask('healthy', i % 2 ? hello : helloStream)
})
afterAll(async () => {
  await gateway.close()
  await provider.close()
  await healthy.close()
})
beforeEach(async () => {
  provider.answer(() => {})
  before = await gateway.memory()
})

const streamHead = (dialect: ProviderDialect) =>
  answerHead(200, { 'content-type': dialect.streamType, 'transfer-encoding': 'chunked' })

async function send(backend: string, body: unknown): Promise<RawClient> {
  const client = await gateway.connect()
  client.send(postOf(JSON.stringify(body), { headers: { 'x-test-backend': backend } }))
  return client
}

async function ask(backend: string, body: unknown): Promise<RawAnswer> {
  const client = await send(backend, body)
  const answer = await client.answer()
  client.leave()
  return answer
}

/** The listener reads what still comes of a refused body for half a second, and lets go of it then. */
const drainMs = 700

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Serves another client again and again while `work` goes on; the longest that one answer took. */
async function slowestWhile(work: Promise<unknown>): Promise<number> {
  let slowest = 0
  let over = false
  const done = work.finally(() => {
    over = true
  })
  while (!over) {
    const from = performance.now()
    const answer = await ask('healthy', hello)
    slowest = Math.max(slowest, performance.now() - from)
    expect(answer.status).toBe(200)
    await pause(5)
  }
  await done
  return slowest
}

/** What the gateway has grown by at most since `before`. */
async function growth() {
  const after = await gateway.memory()
  return {
    peak: inMiB(after.peakRss - before.rss),
    peakUsed: inMiB(after.peakUsed - before.used),
    stays: inMiB(after.used - before.used),
    turn: Math.round(after.longestTurnMs),
  }
}

describe.each(dialects)('a provider of $name that floods a client who does not read', (dialect) => {
  it('is held back, and goes on when the client reads again', async () => {
    const client = await send(dialect.name, helloStream)
    const requests = provider.requests.length
    const line = await provider.line(requests + 1)
    await line.write(streamHead(dialect))
    const [first, ...rest] = dialect.events([])
    await line.write(chunkOf(first ?? ''))
    await line.write(chunkOf(dialect.content('begin')))
    await client.until('begin')
    client.socket.pause()

    const piece = chunkOf(dialect.content('x'.repeat(64 * 1024)))
    let pushed = 0
    let last: Promise<boolean> | undefined
    for (;;) {
      last = line.write(piece)
      if ((await Promise.race([last, pause(500).then(() => 'stuck')])) === 'stuck') break
      pushed += piece.length
      if (pushed > 200 * MiB) break
    }
    const { peak, peakUsed } = await growth()
    figures.push(
      `${dialect.name}: a reader who stops: ${inMiB(pushed)} MiB taken, memory at most +${peak} MiB (used +${peakUsed})`,
    )
    expect(pushed).toBeLessThan(16 * MiB)
    expect(peak).toBeLessThan(20)

    client.socket.resume()
    expect(await last).toBe(true)
    for (const event of rest) await line.write(chunkOf(event))
    await line.write(lastChunk)
    const answer = await client.answer()
    client.leave()
    expect(answer.whole).toBe(true)
    const sent = Math.round(pushed / piece.length) + 1
    expect(answer.body.toString().split('xxx'.repeat(1000)).length).toBeGreaterThan(sent)
    expect(answer.body.length).toBeGreaterThan(sent * 64 * 1024)
    expect(answer.body.toString().endsWith('data: [DONE]\n\n')).toBe(true)
  })
})

/** An event of that many bytes, in pieces that a socket would bring. */
async function sendHugeEvent(line: Line, dialect: ProviderDialect, size: number) {
  const [start, end] = dialect.name === 'OpenAI' ? hugeSse() : hugeFrame(size)
  if (!(await line.write(chunkOf(start)))) return
  const piece = chunkOf(Buffer.alloc(64 * 1024, 'x'))
  for (let sent = 0; sent < size; sent += 64 * 1024) {
    if (!(await line.write(piece))) return
  }
  await line.write(chunkOf(end))
}

function hugeSse() {
  const text = Buffer.from(openai.content('HERE')).toString()
  const [start = '', end = ''] = text.split('HERE')
  return [start, end] as const
}

/** A frame without headers, whose checksum at the end is wrong: nobody should get to it. */
function hugeFrame(size: number) {
  const start = Buffer.alloc(12)
  start.writeUInt32BE(16 + size, 0)
  start.writeUInt32BE(crc32(start, 0, 8), 8)
  return [start, Buffer.alloc(4)] as const
}

describe.each(dialects)('an event of 64 MB from $name', (dialect) => {
  // Tried again: what else a machine does can only make others wait longer.
  it('ends the stream with an error event, and others are served meanwhile', {
    retry: 3,
  }, async () => {
    const count = provider.requests.length
    const client = await send(dialect.name, helloStream)
    const line = await provider.line(count + 1)
    await line.write(streamHead(dialect))
    await line.write(chunkOf(dialect.content('begin')))
    await client.until('begin')
    const flood = sendHugeEvent(line, dialect, 64 * MiB)
    const answered = client.answer()
    const slowest = await slowestWhile(Promise.all([flood, answered]))
    const answer = await answered
    client.leave()
    const { peak, turn } = await growth()
    figures.push(
      `${dialect.name}: an event of 64 MB: memory at most +${peak} MiB, others served within ${slowest.toFixed(0)} ms, longest turn ${turn} ms`,
    )
    expect(answer.status).toBe(200)
    expect(answer.whole).toBe(true)
    const last = answer.body.toString().trimEnd().split('\n\n').at(-1) ?? ''
    const { error } = JSON.parse(last.slice('data: '.length))
    expect(error.type).toBe(dialect.errorType)
    expect(error.message).toBe('an event of the provider is larger than 16777216 bytes')
    expect(answer.body.length).toBeLessThan(10_000)
    expect(answer.body.toString()).not.toContain('[DONE]')
    expect(peak).toBeLessThan(64)
    expect(turn).toBeLessThan(100)
    // Of these, some are the client's own, who is served by the same process as the flood.
    expect(slowest).toBeLessThan(150)
    await line.closed
  })

  it('is a real status where it is the first', async () => {
    const count = provider.requests.length
    const client = await send(dialect.name, helloStream)
    const line = await provider.line(count + 1)
    await line.write(streamHead(dialect))
    void sendHugeEvent(line, dialect, 64 * MiB)
    const answer = await client.answer()
    client.leave()
    expect(answer.status).toBe(502)
    await line.closed
  })
})

describe.each(dialects)('an event of 15 MiB from $name', (dialect) => {
  it('is served whole', async () => {
    const count = provider.requests.length
    const client = await send(dialect.name, helloStream)
    const line = await provider.line(count + 1)
    await line.write(streamHead(dialect))
    const bytes = dialect.content('x'.repeat(15 * MiB))
    const [first, ...rest] = dialect.events([])
    await line.write(chunkOf(first ?? ''))
    const flood = (async () => {
      for (let at = 0; at < bytes.length; at += 64 * 1024) {
        await line.write(chunkOf(bytes.subarray(at, at + 64 * 1024)))
      }
      for (const event of rest) await line.write(chunkOf(event))
      await line.write(lastChunk)
    })()
    const answered = client.answer()
    const slowest = await slowestWhile(Promise.all([flood, answered]))
    const answer = await answered
    client.leave()
    await pause(drainMs)
    const { peak, stays, turn } = await growth()
    figures.push(
      `${dialect.name}: an event of 15 MiB: memory at most +${peak} MiB (stays +${stays}), others served within ${slowest.toFixed(0)} ms, longest turn ${turn} ms`,
    )
    expect(answer.body.length).toBeGreaterThan(15 * MiB)
    expect(answer.body.toString().endsWith('data: [DONE]\n\n')).toBe(true)
    expect(stays).toBeLessThan(5)
  })
})

describe('a body of 60 MB', () => {
  const size = 60 * MiB

  it('is refused by its length without growth, while it still comes', async () => {
    const client = await gateway.connect()
    client.send(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${size}\r\n\r\n`,
    )
    const upload = (async () => {
      const piece = Buffer.alloc(64 * 1024, 'x')
      for (let sent = 0; sent < size && client.socket.writable; sent += piece.length) {
        if (!client.socket.write(piece)) {
          await Promise.race([once(client.socket, 'drain').catch(() => {}), client.closed])
        }
      }
    })()
    const answer = await client.answer()
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body.toString()).error.type).toBe('PayloadTooLarge')
    const slowest = await slowestWhile(upload)
    client.leave()
    await pause(drainMs)
    const { peak, stays } = await growth()
    figures.push(
      `a body of 60 MB with a length: memory at most +${peak} MiB (stays +${stays}), others served within ${slowest.toFixed(0)} ms`,
    )
    // Pieces that were dropped lie around until V8 has had 32 MB of them.
    expect(peak).toBeLessThan(32)
    expect(stays).toBeLessThan(2)
  })

  it('is refused at 50 MiB where it comes in chunks, and nothing of it stays', async () => {
    const client = await gateway.connect()
    client.send(
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const piece = chunkOf(Buffer.alloc(64 * 1024, 'x'))
    const upload = (async () => {
      for (let sent = 0; sent < size && client.socket.writable; sent += piece.length) {
        if (!client.socket.write(piece)) {
          await Promise.race([once(client.socket, 'drain').catch(() => {}), client.closed])
        }
      }
    })()
    const answered = client.answer()
    const slowest = await slowestWhile(upload)
    expect((await answered).status).toBe(413)
    client.leave()
    await pause(drainMs)
    const { peak, stays } = await growth()
    figures.push(
      `a body of 60 MB in chunks: memory at most +${peak} MiB (stays +${stays}), others served within ${slowest.toFixed(0)} ms`,
    )
    expect(peak).toBeLessThan(70)
    expect(stays).toBeLessThan(2)
  })
})
