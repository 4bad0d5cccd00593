// Providers are asked for plain answers; some compress all the same.
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { hello, helloStream } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { dialects, type ProviderDialect } from '../support/provider-dialects.ts'
import { postOf } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  type RawScript,
  startRawProvider,
} from '../support/raw-provider.ts'
import { fallback, localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function start(dialect: ProviderDialect, script?: RawScript) {
  const provider = await startRawProvider(script)
  const gateway = await startSocketGateway({
    backends: [localBackend('only', provider.port, { schema: dialect.schema })],
  })
  open.push(provider, gateway)
  return { provider, gateway }
}

const codecs = [
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['GZIP', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const

const sendWhole = (line: Line, body: Uint8Array, headers: Record<string, string>, status = 200) =>
  line.write(
    Buffer.concat([
      Buffer.from(
        answerHead(status, {
          'content-type': 'application/json',
          'content-length': body.length,
          ...headers,
        }),
      ),
      body,
    ]),
  )

const streamHead = (dialect: ProviderDialect, encoding: string) =>
  answerHead(200, {
    'content-type': dialect.streamType,
    'transfer-encoding': 'chunked',
    'content-encoding': encoding,
    'x-amzn-requestid': 'r1',
  })

describe.each(dialects)('$name that compresses', (dialect) => {
  it('was not asked to', async () => {
    const { provider, gateway } = await start(
      dialect,
      (line) => void sendWhole(line, Buffer.from(dialect.whole), {}),
    )
    await gateway.ask(hello, { 'accept-encoding': 'gzip, br' })
    expect(provider.requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  it.each(codecs)(
    'has its unary answer read and handed on plain: %s',
    async (encoding, compress) => {
      const { gateway } = await start(
        dialect,
        (line) => void sendWhole(line, compress(dialect.whole), { 'content-encoding': encoding }),
      )
      const answer = await gateway.ask(hello)
      expect(answer.status).toBe(200)
      expect(answer.headers['content-encoding']).toBeUndefined()
      expect(JSON.parse(answer.body.toString()).choices[0].message.content).toBe('Hello')
      expect(gateway.ended[0]?.usage).toMatchObject({ input: 5, output: 2, total: 7 })
    },
  )

  it.each(codecs)('has its error read: %s', async (encoding, compress) => {
    const { gateway } = await start(
      dialect,
      (line) =>
        void sendWhole(
          line,
          compress('{"message":"busy","error":{"message":"busy"}}'),
          { 'content-encoding': encoding },
          429,
        ),
    )
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(429)
    expect(JSON.parse(answer.body.toString()).error.message).toBe('busy')
  })

  it.each(codecs)('has its stream read and handed on plain: %s', async (encoding, compress) => {
    const { gateway } = await start(dialect, async (line) => {
      await line.write(streamHead(dialect, encoding))
      const bytes = compress(Buffer.concat(dialect.events(['all ', 'is well'])))
      for (let at = 0; at < bytes.length; at += 7) {
        await line.write(chunkOf(bytes.subarray(at, at + 7)))
      }
      await line.write(lastChunk)
    })
    const answer = await gateway.ask(helloStream)
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(checkChatStream(answer.body.toString())).toEqual([])
    expect(gateway.ended[0]?.usage).toMatchObject({ input: 5, output: 2, total: 7 })
  })

  it('has each event handed on when it comes', async () => {
    const { provider, gateway } = await start(dialect)
    const client = await gateway.connect()
    client.send(postOf(JSON.stringify(helloStream)))
    const line = await provider.line()
    await line.write(streamHead(dialect, 'gzip'))
    const zip = createGzip()
    zip.on('data', (bytes: Buffer) => void line.write(chunkOf(bytes)))
    const send = (bytes: Uint8Array) => {
      zip.write(bytes)
      zip.flush()
    }
    for (const text of ['one', 'two', 'three']) {
      send(dialect.content(text))
      await client.until(text)
    }
    client.leave()
    await line.closed
  })

  it.each([
    ['no gzip at all', Buffer.from('this is no gzip')],
    ['cut off', gzipSync(dialect.whole).subarray(0, -12)],
    [
      'a wrong checksum',
      (() => {
        const bytes = gzipSync(dialect.whole)
        bytes[bytes.length - 8] = (bytes[bytes.length - 8] ?? 0) ^ 0xff
        return bytes
      })(),
    ],
  ])('has a corrupt unary answer told: %s', async (_, bytes) => {
    const { gateway } = await start(
      dialect,
      (line) => void sendWhole(line, bytes, { 'content-encoding': 'gzip' }),
    )
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(502)
    const { error } = JSON.parse(answer.body.toString())
    expect(error.message).toBe('the answer of the provider cannot be inflated')
    expect(error.type).toBe(dialect.errorType)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('has a corrupt stream told with a status, while nothing has been handed out', async () => {
    const { gateway, provider } = await start(dialect, async (line) => {
      await line.write(streamHead(dialect, 'gzip') + chunkOf('this is no gzip').toString('latin1'))
    })
    const answer = await gateway.ask(helloStream)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body.toString()).error.message).toMatch(/cannot be inflated/)
    await (await provider.line()).closed
  })

  it.each([
    [
      'corrupt bytes',
      (line: Line) => line.write(chunkOf(Buffer.alloc(100, 0xff))),
      /cannot be inflated/,
    ],
    ['an end', (line: Line) => line.write(lastChunk), /cannot be inflated/],
    ['a FIN', async (line: Line) => line.fin(), /broke off/],
    ['a reset', async (line: Line) => line.reset(), /broke off/],
  ] as const)(
    'has a stream that breaks later end with an error event: %s',
    async (how, fault, message) => {
      const { provider, gateway } = await start(dialect)
      const client = await gateway.connect()
      client.send(postOf(JSON.stringify(helloStream)))
      const line = await provider.line()
      await line.write(streamHead(dialect, 'gzip'))
      const zip = createGzip()
      zip.on('data', (bytes: Buffer) => void line.write(chunkOf(bytes)))
      zip.write(Buffer.concat(dialect.events(['some words']).slice(0, 2)))
      zip.flush()
      await client.until('some words')
      await fault(line)
      const answer = await client.answer()
      expect(answer.whole).toBe(true)
      const last = answer.body.toString().trimEnd().split('\n\n').at(-1) ?? ''
      expect(JSON.parse(last.slice('data: '.length)).error.message).toMatch(message)
      expect(answer.body.toString()).not.toContain('[DONE]')
      expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
      if (how !== 'an end') await line.closed
    },
  )

  it('says gzip and sends nothing, which is an empty answer', async () => {
    const { gateway } = await start(
      dialect,
      (line) => void sendWhole(line, Buffer.alloc(0), { 'content-encoding': 'gzip' }, 500),
    )
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.body.toString()).error.type).toBe(dialect.errorType)
    const stream = await gateway.ask(helloStream)
    expect(stream.status).toBe(500)
  })

  it('sends a bomb, which is refused at the limit of an answer', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024, ' '))
    const { gateway, provider } = await start(
      dialect,
      (line) => void sendWhole(line, bomb, { 'content-encoding': 'gzip' }),
    )
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body.toString()).error.message).toBe(
      'the answer of the provider is too large',
    )
    expect(provider.requests).toHaveLength(1)
  })

  it('in a way that nobody knows has that told', async () => {
    const { gateway } = await start(
      dialect,
      (line) => void sendWhole(line, Buffer.from([1, 2, 3, 4]), { 'content-encoding': 'zstd' }),
    )
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body.toString()).error.message).toMatch(/encoded: zstd$/)
  })

  it('badly costs the client nothing where another backend is well', async () => {
    const bad = await startRawProvider(
      (line) =>
        void sendWhole(line, Buffer.from('this is no gzip'), { 'content-encoding': 'gzip' }),
    )
    const good = await startRawProvider(
      (line) => void sendWhole(line, Buffer.from(dialect.whole), {}),
    )
    const gateway = await startSocketGateway({
      backends: [
        localBackend('first', bad.port, { schema: dialect.schema }),
        localBackend('second', good.port, { schema: dialect.schema }),
      ],
      rule: fallback(),
    })
    open.push(bad, good, gateway)
    expect((await gateway.ask(hello)).status).toBe(200)
  })
})
