// TLS to a provider with an authority of its own, and the name that its certificate must have.
import { afterEach, describe, expect, it } from 'vitest'
import type { TlsSpec } from '../../src/config/config.ts'
import { hello, helloStream } from '../support/ask.ts'
import { hasOpenssl, makeCertificates } from '../support/certificates.ts'
import { openai } from '../support/provider-dialects.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  type RawProvider,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import { localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function answer(line: Line) {
  if (!line.request.body.includes('"stream":true')) return line.write(wholeAnswer(openai.whole))
  await line.write(
    answerHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
  )
  for (const event of openai.events(['all is well'])) await line.write(chunkOf(event))
  return line.write(lastChunk)
}

// Without OpenSSL there is nothing to make a certificate with.
describe.skipIf(!hasOpenssl)('a provider behind TLS', () => {
  const name = 'provider.internal'
  const { ca, cert, key } = hasOpenssl ? makeCertificates(name) : { ca: '', cert: '', key: '' }
  const start = async (tls: TlsSpec, served = { cert, key }, hostname?: string) => {
    const seen: (string | false | null)[] = []
    const provider: RawProvider = await startRawProvider((line) => void answer(line), {
      ...served,
      SNICallback(servername, done) {
        seen.push(servername)
        done(null)
      },
    })
    const gateway = await startSocketGateway({
      backends: [
        localBackend('only', provider.port, {
          tls,
          endpoints: [
            {
              kind: 'ip',
              host: '127.0.0.1',
              port: provider.port,
              ...(hostname === undefined ? {} : { hostname }),
            },
          ],
        }),
      ],
    })
    open.push(provider, gateway)
    return { gateway, provider, seen }
  }

  it('is trusted by its own authority, and asked for by name', async () => {
    const { gateway, seen } = await start({ ca, hostname: name })
    expect((await gateway.ask(hello)).status).toBe(200)
    const stream = await gateway.ask(helloStream)
    expect(stream.body.toString()).toContain('all is well')
    expect(seen).toEqual([name])
  })

  it('is asked for by the host name of its endpoint, where the policy names none', async () => {
    const provider = await startRawProvider((line) => void answer(line), { cert, key })
    const gateway = await startSocketGateway({
      backends: [
        localBackend('only', provider.port, {
          tls: { ca },
          endpoints: [{ kind: 'ip', host: '127.0.0.1', port: provider.port, hostname: name }],
        }),
      ],
    })
    open.push(provider, gateway)
    expect((await gateway.ask(hello)).status).toBe(200)
  })

  it('is asked for by the name of the policy, whatever host it serves', async () => {
    const { gateway, provider, seen } = await start(
      { ca, hostname: name },
      undefined,
      'models.test',
    )
    expect((await gateway.ask(hello)).status).toBe(200)
    expect((await gateway.ask(hello)).status).toBe(200)
    expect(seen).toEqual([name])
    expect(provider.requests.map(({ headers }) => headers['host'])).toEqual([
      'models.test',
      'models.test',
    ])
  })

  it.each([
    ['another name', { ca, hostname: 'other.internal' }, 'certificate of another host'],
    ['an address in place of its name', { ca }, 'certificate of another host'],
    ['an unknown authority', { hostname: name }, 'certificate not trusted'],
  ] as const)('is refused before anything is sent to it: %s', async (_, tls, why) => {
    const { gateway, provider } = await start(tls)
    const refused = await gateway.ask(hello)
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.body.toString()).error.message).toBe(
      `upstream connect error or disconnect/reset before headers. reset reason: remote connection failure (default/only: ${why})`,
    )
    expect(gateway.logged.join()).toMatch(
      /^warn an attempt failed .*"backend":"default\/only","host":"127\.0\.0\.1:\d+".*"cause":"[A-Z_]+"/,
    )
    expect(provider.requests).toHaveLength(0)
  })

  it('is refused with a certificate of another authority', async () => {
    const { gateway, provider } = await start({ ca, hostname: name }, makeCertificates(name))
    expect((await gateway.ask(hello)).status).toBe(503)
    expect(provider.requests).toHaveLength(0)
  })

  it('is taken unseen where the configuration says so', async () => {
    const { gateway } = await start({ insecureSkipVerify: true, hostname: 'other.internal' })
    expect((await gateway.ask(hello)).status).toBe(200)
  })

  it('is cancelled too when the client leaves', async () => {
    const { gateway, provider } = await start({ ca, hostname: name })
    provider.answer(() => {})
    const client = await gateway.connect()
    const body = JSON.stringify(hello)
    client.send(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const line = await provider.line()
    const left = client.leave()
    expect((await line.closed) - left).toBeLessThan(500)
  })

  it('that speaks no TLS is a clean error', async () => {
    const provider = await startRawProvider()
    const gateway = await startSocketGateway({
      backends: [
        localBackend('only', provider.port, {
          tls: { ca, hostname: name },
          connectTimeoutMs: 500,
        }),
      ],
    })
    open.push(provider, gateway)
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(503)
    expect(answer.body.toString()).toContain('reset reason: connection timeout')
  })
})
