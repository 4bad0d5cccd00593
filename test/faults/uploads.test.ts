// Bodies that come slowly, without end, or too large.
import { once } from 'node:events'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { hello } from '../support/ask.ts'
import { openai } from '../support/provider-dialects.ts'
import { postOf } from '../support/raw-client.ts'
import { startRawProvider, wholeAnswer } from '../support/raw-provider.ts'
import {
  localBackend,
  type SocketGatewayOptions,
  startSocketGateway,
} from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function start(client: SocketGatewayOptions['client'] = {}) {
  const provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
  const gateway = await startSocketGateway({
    backends: [localBackend('only', provider.port)],
    client,
  })
  open.push(provider, gateway)
  return { provider, gateway }
}

const MiB = 1024 * 1024
const head = (headers: string) =>
  `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}\r\n\r\n`

describe('a request that does not come in time', () => {
  const inTime = { requestReceivedTimeoutMs: 300 }

  it.each([
    ['nothing at all', ''],
    ['half a line', 'POST /v1/chat/com'],
    ['a head without end', 'POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n'],
    ['a head alone', head('content-length: 100')],
    ['half a body', `${head('content-length: 100')}{"model":`],
    ['chunks without end', `${head('transfer-encoding: chunked')}5\r\n{"mod\r\n`],
  ])('is answered with 408: %s', async (_, bytes) => {
    const { gateway, provider } = await start(inTime)
    const client = await gateway.connect()
    const from = performance.now()
    client.send(bytes)
    const answer = await client.answer()
    expect(answer.status).toBe(408)
    expect(answer.body.toString()).toBe('request timeout')
    const took = performance.now() - from
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(2000)
    await client.closed
    client.leave()
    expect(provider.connectionsMade()).toBe(0)
    expect((await gateway.ask(hello)).status).toBe(200)
    // Where a handler had begun, it has ended, and nobody calls that a fault of the gateway.
    expect(gateway.ended.map(({ outcome }) => outcome).sort()).toEqual(
      bytes.includes('\r\n\r\n') ? ['client-gone', 'complete'] : ['complete'],
    )
    expect(gateway.logged).toEqual([])
  })

  it('is answered with 408 though a byte comes now and then', async () => {
    const { gateway } = await start(inTime)
    const client = await gateway.connect()
    client.send(head('content-length: 1000'))
    const drip = setInterval(() => client.send('x'), 40)
    const answer = await client.answer()
    clearInterval(drip)
    client.leave()
    expect(answer.status).toBe(408)
  })

  it('is hung up on, though its client holds its own side open', async () => {
    const { gateway } = await start(inTime)
    const client = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('error', () => {})
    await once(client, 'connect')
    client.write(head('content-length: 100'))
    client.resume()
    await once(client, 'end')
    const refused = performance.now()
    // What is sent to a socket that is gone comes back as a reset.
    const probe = setInterval(() => client.write('x'), 50)
    await new Promise((resolve) => client.on('close', resolve))
    clearInterval(probe)
    expect(performance.now() - refused).toBeLessThan(2000)
  })

  it('leaves a slow answer alone', async () => {
    const { gateway, provider } = await start(inTime)
    provider.answer((line) => {
      setTimeout(() => void line.write(wholeAnswer(openai.whole)), 700)
    })
    expect((await gateway.ask(hello)).status).toBe(200)
  })

  it('leaves a kept connection alone', async () => {
    const { gateway } = await start(inTime)
    const client = await gateway.connect()
    client.send(postOf(JSON.stringify(hello)))
    await client.answer(1)
    await new Promise((resolve) => setTimeout(resolve, 700))
    client.send(postOf(JSON.stringify(hello)))
    expect((await client.answer(2)).status).toBe(200)
    client.leave()
  })
})

describe('a body of 50 MiB and a byte', () => {
  const json = (size: number) => {
    const text = JSON.stringify({ ...hello, padding: '' })
    return Buffer.from(text.replace('""', `"${'x'.repeat(size - text.length)}"`))
  }

  it('is refused by its length, before it has come', async () => {
    const { gateway, provider } = await start()
    const client = await gateway.connect()
    client.send(head(`content-length: ${50 * MiB + 1}`))
    const answer = await client.answer()
    client.leave()
    expect(answer.status).toBe(413)
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'error',
      error: { type: 'PayloadTooLarge', code: '413', message: 'Payload Too Large' },
    })
    expect(provider.connectionsMade()).toBe(0)
  })

  it('is refused when it comes in chunks', async () => {
    const { gateway, provider } = await start()
    const client = await gateway.connect()
    client.send(head('transfer-encoding: chunked'))
    const mebibyte = Buffer.alloc(MiB, 'x')
    const piece = Buffer.concat([
      Buffer.from(`${MiB.toString(16)}\r\n`),
      mebibyte,
      Buffer.from('\r\n'),
    ])
    for (let i = 0; i < 50; i++) client.send(piece)
    client.send('1\r\nx\r\n')
    const answer = await client.answer()
    client.leave()
    expect(answer.status).toBe(413)
    expect(provider.connectionsMade()).toBe(0)
  })

  it('is refused when it comes compressed', async () => {
    const { gateway, provider } = await start()
    const client = await gateway.connect()
    const zipped = gzipSync(json(50 * MiB + 1))
    client.send(head(`content-length: ${zipped.length}\r\ncontent-encoding: gzip`))
    client.send(zipped)
    const answer = await client.answer()
    client.leave()
    expect(answer.status).toBe(413)
    expect(provider.connectionsMade()).toBe(0)
  })

  it('is served without that byte', async () => {
    const { gateway, provider } = await start()
    const body = json(50 * MiB)
    expect(body.length).toBe(50 * MiB)
    const client = await gateway.connect()
    client.send(head(`content-length: ${body.length}`))
    client.send(body)
    const answer = await client.answer()
    client.leave()
    expect(answer.status).toBe(200)
    expect(provider.requests[0]?.body.equals(body)).toBe(true)
  })
})

describe('a client that expects 100 Continue', () => {
  it('gets it, and its answer', async () => {
    const { gateway } = await start()
    const client = await gateway.connect()
    const body = JSON.stringify(hello)
    client.send(head(`content-length: ${body.length}\r\nexpect: 100-continue`))
    await client.until('100 Continue')
    client.send(body)
    expect((await client.answer()).status).toBe(200)
    client.leave()
  })
})
