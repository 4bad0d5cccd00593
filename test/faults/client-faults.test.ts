// A client that leaves, in every phase: the provider must not go on for nobody, and what was used is
// settled once.
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { hello, helloStream } from '../support/ask.ts'
import { dialects, type ProviderDialect } from '../support/provider-dialects.ts'
import { postOf, type RawClient } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  type RawProvider,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import {
  fallback,
  localBackend,
  type SocketGateway,
  startSocketGateway,
} from '../support/socket-gateway.ts'

/** Far above what it takes (one or two milliseconds), so that a busy machine does not fail the test. */
const boundMs = 500
const figures: string[] = []
afterAll(() =>
  console.info(`provider's socket closed after the client left:\n${figures.join('\n')}`),
)

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

interface Setup {
  readonly gateway: SocketGateway
  readonly provider: RawProvider
  readonly client: RawClient
}

async function start(dialect: ProviderDialect): Promise<Setup> {
  const provider = await startRawProvider()
  const gateway = await startSocketGateway({
    backends: [
      localBackend('first', provider.port, { schema: dialect.schema }),
      localBackend('second', provider.port, { schema: dialect.schema }),
    ],
    // A retry for nobody would show as a second request.
    rule: fallback(),
  })
  const client = await gateway.connect()
  open.push(provider, gateway)
  return { gateway, provider, client }
}

const streamHead = (dialect: ProviderDialect, more: Record<string, string> = {}) =>
  answerHead(200, {
    'content-type': dialect.streamType,
    'transfer-encoding': 'chunked',
    'x-amzn-requestid': 'r1',
    ...more,
  })

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

interface Phase {
  readonly name: string
  readonly request: unknown
  /** Brings both sides to the point where the client leaves. */
  reach(line: Line, client: RawClient, dialect: ProviderDialect): Promise<unknown>
}

const phases: readonly Phase[] = [
  { name: 'before the head of a stream', request: helloStream, reach: () => pause(5) },
  { name: 'before the head of a unary answer', request: hello, reach: () => pause(5) },
  {
    name: 'while the status is held, after the head',
    request: helloStream,
    async reach(line, _, dialect) {
      await line.write(streamHead(dialect))
      await pause(5)
    },
  },
  {
    name: 'while the status is held, after the first event',
    request: helloStream,
    async reach(line, _, dialect) {
      await line.write(streamHead(dialect))
      for (const event of dialect.events([])) return line.write(chunkOf(event)).then(() => pause(5))
    },
  },
  {
    name: 'in mid-stream',
    request: helloStream,
    async reach(line, client, dialect) {
      await line.write(streamHead(dialect))
      await line.write(chunkOf(dialect.content('some words')))
      await client.until('some words')
    },
  },
  {
    name: 'in mid-stream, inside an event',
    request: helloStream,
    async reach(line, client, dialect) {
      await line.write(streamHead(dialect))
      const event = dialect.content('some words')
      await line.write(chunkOf(event))
      await line.write(chunkOf(event.subarray(0, 20)))
      await client.until('some words')
    },
  },
  {
    name: 'in mid-stream, of a compressed one',
    request: helloStream,
    async reach(line, client, dialect) {
      await line.write(streamHead(dialect, { 'content-encoding': 'gzip' }))
      const zipped = gzipSync(dialect.content('some words'))
      await line.write(chunkOf(zipped))
      await client.until('some words')
    },
  },
  {
    name: 'in mid-stream, while the provider floods and nobody reads',
    request: helloStream,
    async reach(line, client, dialect) {
      await line.write(streamHead(dialect))
      const flood = chunkOf(dialect.content('x'.repeat(60_000)))
      client.socket.pause()
      // Until nothing goes in any more.
      for (;;) {
        const gone = await Promise.race([line.write(flood), pause(100).then(() => 'stuck')])
        if (gone === 'stuck') return
      }
    },
  },
  {
    name: 'in mid-answer, of a unary one',
    request: hello,
    async reach(line, _, dialect) {
      await line.write(wholeAnswer(dialect.whole).subarray(0, -20))
      await pause(5)
    },
  },
  {
    name: 'in mid-answer, of an error',
    request: hello,
    async reach(line) {
      await line.write(wholeAnswer('{"error":{"message":"no"}}', 404).subarray(0, -5))
      await pause(5)
    },
  },
  {
    name: 'after the last event, before the end',
    request: helloStream,
    async reach(line, client, dialect) {
      await line.write(streamHead(dialect))
      const events = dialect.events(['some words'])
      for (const event of events) await line.write(chunkOf(event))
      await client.until('"total_tokens":7')
    },
  },
]

describe.each(dialects)('a client of $name that leaves', (dialect) => {
  describe.each(['fin', 'reset'] as const)('with a %s', (how) => {
    it.each(phases)('$name cancels the provider and settles once', async (phase) => {
      const { gateway, provider, client } = await start(dialect)
      client.send(postOf(JSON.stringify(phase.request)))
      const line = await provider.line()
      await phase.reach(line, client, dialect)
      expect(line.socket.destroyed).toBe(false)
      const left = client.leave(how)
      const took = (await line.closed) - left
      figures.push(`  ${took.toFixed(1).padStart(6)} ms  ${dialect.name}, ${how}, ${phase.name}`)
      expect(took).toBeLessThan(boundMs)

      await gateway.settled(1)
      await pause(20)
      expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
      expect(provider.requests).toHaveLength(1)
      expect(provider.connectionsMade()).toBe(1)
      expect(gateway.logged.filter((text) => text.startsWith('error'))).toEqual([])
    })
  })

  it('at the end leaves nothing to cancel', async () => {
    const { gateway, provider, client } = await start(dialect)
    client.send(postOf(JSON.stringify(helloStream)))
    const line = await provider.line()
    await line.write(streamHead(dialect))
    for (const event of dialect.events(['some words'])) await line.write(chunkOf(event))
    await line.write(lastChunk)
    const answer = await client.answer()
    expect(answer.whole).toBe(true)
    client.leave()
    await pause(30)
    // The connection stays for the next request.
    expect(line.socket.destroyed).toBe(false)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
    expect(gateway.ended[0]?.usage).toMatchObject({ input: 5, output: 2, total: 7 })
  })

  it('in mid-stream has what was reported by then settled', async () => {
    const { gateway, provider, client } = await start(dialect)
    client.send(postOf(JSON.stringify(helloStream)))
    const line = await provider.line()
    await line.write(streamHead(dialect))
    for (const event of dialect.events(['some words'])) await line.write(chunkOf(event))
    await client.until('"total_tokens":7')
    client.leave()
    await gateway.settled(1)
    expect(gateway.ended[0]?.usage).toMatchObject({ input: 5, output: 2, total: 7 })
  })

  it('while it uploads costs no request, no log line, and is settled once', async () => {
    const { gateway, provider, client } = await start(dialect)
    const post = postOf(JSON.stringify({ ...hello, padding: 'x'.repeat(100_000) }))
    client.send(post.slice(0, 50_000))
    await pause(20)
    client.leave()
    const chunked = await gateway.connect()
    chunked.send(
      'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"mod',
    )
    await pause(20)
    chunked.leave('reset')
    await gateway.settled(2)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['client-gone', 'client-gone'])
    expect(provider.connectionsMade()).toBe(0)
    expect(gateway.logged).toEqual([])
  })

  it('while the gateway waits between two tries makes it give up', async () => {
    const provider = await startRawProvider((line) => {
      void line.write(wholeAnswer('{"error":{"message":"busy"}}', 429, { 'retry-after': '30' }))
    })
    const { retry } = fallback()
    const gateway = await startSocketGateway({
      backends: [localBackend('only', provider.port, { schema: dialect.schema })],
      rule:
        retry === undefined
          ? {}
          : {
              retry: { ...retry, triggers: ['retriable-status-codes'], httpStatusCodes: [429] },
            },
    })
    open.push(provider, gateway)
    const client = await gateway.connect()
    client.send(postOf(JSON.stringify(hello)))
    await provider.line()
    await pause(30)
    const left = client.leave()
    await gateway.settled(1)
    expect(performance.now() - left).toBeLessThan(boundMs)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
    expect(provider.requests).toHaveLength(1)
  })

  it('and many others leave room for those who stay', async () => {
    const { gateway, provider } = await start(dialect)
    for (let i = 1; i <= 20; i++) {
      const client = await gateway.connect()
      client.send(postOf(JSON.stringify(helloStream)))
      const line = await provider.line(i)
      client.leave(i % 2 ? 'fin' : 'reset')
      await line.closed
    }
    await gateway.settled(20)
    await pause(20)
    expect(provider.connectionsMade()).toBe(20)
    expect(provider.openConnections()).toBe(0)
    provider.answer((line) => void line.write(wholeAnswer(dialect.whole)))
    for (let i = 0; i < 3; i++) expect((await gateway.ask(hello)).status).toBe(200)
    expect(provider.connectionsMade()).toBe(21)
  })

  it('leaves other clients alone', async () => {
    const { gateway, provider, client } = await start(dialect)
    const other = await gateway.connect()
    client.send(postOf(JSON.stringify(helloStream)))
    const first = await provider.line(1)
    other.send(postOf(JSON.stringify(helloStream)))
    const second = await provider.line(2)
    for (const line of [first, second]) {
      await line.write(streamHead(dialect))
      await line.write(chunkOf(dialect.content('some words')))
    }
    await client.until('some words')
    client.leave('reset')
    await first.closed
    for (const event of dialect.events(['more'])) await second.write(chunkOf(event))
    await second.write(lastChunk)
    const answer = await other.answer()
    expect(answer.whole).toBe(true)
    expect(answer.body.toString()).toMatch(/some words.*more.*\[DONE\]/s)
  })
})
