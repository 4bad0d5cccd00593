// A provider that breaks its stream, over real sockets.
import { afterEach, describe, expect, it } from 'vitest'
import { platformFetch } from '../../src/platform-fetch.ts'
import { helloStream } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { dialects, type ProviderDialect } from '../support/provider-dialects.ts'
import { streamFaults } from '../support/provider-faults.ts'
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
  type SocketGatewayOptions,
  startSocketGateway,
} from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

interface Setup {
  readonly gateway: SocketGateway
  readonly provider: RawProvider
  readonly second: RawProvider
}

/** A provider that the test plays, and behind it one that is well. */
async function start(
  dialect: ProviderDialect,
  options: Partial<SocketGatewayOptions> = {},
): Promise<Setup> {
  const provider = await startRawProvider()
  const second = await startRawProvider((line) => sendProperStream(line, dialect))
  const gateway = await startSocketGateway({
    backends: [
      localBackend('first', provider.port, { schema: dialect.schema }),
      localBackend('second', second.port, { schema: dialect.schema }),
    ],
    ...options,
  })
  open.push(provider, second, gateway)
  return { gateway, provider, second }
}

const streamHead = (dialect: ProviderDialect) =>
  answerHead(200, {
    'content-type': dialect.streamType,
    'transfer-encoding': 'chunked',
    'x-amzn-requestid': 'r1',
  })

async function sendProperStream(line: Line, dialect: ProviderDialect) {
  await line.write(streamHead(dialect))
  for (const event of dialect.events(['all ', 'is well'])) await line.write(chunkOf(event))
  await line.write(lastChunk)
}

const begin = async (gateway: SocketGateway): Promise<RawClient> => {
  const client = await gateway.connect()
  client.send(postOf(JSON.stringify(helloStream)))
  return client
}

interface ErrorBody {
  readonly error: { readonly message: string; readonly type: string; readonly code: string }
}

const idle = { streamIdleTimeoutMs: 150 }

describe.each(dialects)('a stream from $name that breaks after its first content', (dialect) => {
  const faults = streamFaults.filter((fault) => fault.dialects.includes(dialect.name))

  it.each(faults)('ends with an error event that names $name', async (fault) => {
    const { gateway, provider, second } = await start(dialect, { rule: { ...idle, ...fallback() } })
    const client = await begin(gateway)
    const line = await provider.line()
    await line.write(streamHead(dialect))
    for (const event of dialect.events(['Hel', 'lo é']).slice(0, dialect.beforeContent + 2)) {
      await line.write(chunkOf(event))
    }
    await client.until('lo é')
    await fault.run(line, dialect)
    const answer = await client.answer()

    expect(answer.status).toBe(200)
    expect(answer.whole).toBe(true)
    const events = answer.body.toString().split('\n\n')
    expect(events.pop()).toBe('')
    const last = JSON.parse((events.pop() ?? '').replace(/^data: /, '')) as ErrorBody
    expect(last.error.message).toMatch(fault.message)
    expect(last.error.code).toBe(fault.code)
    expect(last.error.type).toBe(fault.type ?? dialect.errorType)
    // What came before it is the stream as it was, whole events only, without an end of our making.
    expect(
      events.map((event) => JSON.parse(event.replace(/^data: /, '')).choices[0].delta),
    ).toEqual([{ role: 'assistant', content: '' }, { content: 'Hel' }, { content: 'lo é' }])
    expect(answer.body.toString()).not.toContain('[DONE]')
    expect(answer.body.toString()).not.toContain('"finish_reason":"')
    expect(answer.body.toString()).not.toContain('never seen')

    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
    expect(second.requests).toHaveLength(0)
    expect(gateway.logged.filter((text) => text.startsWith('error'))).toEqual([])
  })
})

describe.each(dialects)('a stream from $name that breaks before its first content', (dialect) => {
  const faults = streamFaults.filter((fault) => fault.dialects.includes(dialect.name))
  const answerWithFault = async (setup: Setup, run: (line: Line) => Promise<unknown>) => {
    const client = await begin(setup.gateway)
    const line = await setup.provider.line()
    await line.write(streamHead(dialect))
    for (const event of dialect.events([]).slice(0, dialect.beforeContent)) {
      await line.write(chunkOf(event))
    }
    await run(line)
    return client.answer()
  }

  it.each(faults)('is a real status with a JSON error: $name', async (fault) => {
    const setup = await start(dialect, { rule: idle })
    const answer = await answerWithFault(setup, (line) => fault.run(line, dialect))
    expect(answer.status).toBe(fault.status)
    expect(answer.headers['content-type']).toBe('application/json')
    const { error } = JSON.parse(answer.body.toString()) as ErrorBody
    expect(error.message).toMatch(fault.message)
    expect(error.type).toBe(fault.type ?? dialect.errorType)
    expect(setup.gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
    expect(setup.second.requests).toHaveLength(0)
  })

  it.each(faults)(
    'costs the client nothing where another backend is well: $name',
    async (fault) => {
      const retry = fallback().retry
      const setup = await start(dialect, {
        rule: {
          ...idle,
          ...(retry === undefined
            ? {}
            : {
                retry: {
                  ...retry,
                  triggers: [...retry.triggers, 'retriable-status-codes'],
                  httpStatusCodes: [429],
                },
              }),
        },
      })
      const answer = await answerWithFault(setup, (line) => fault.run(line, dialect))
      expect(answer.status).toBe(200)
      expect(checkChatStream(answer.body.toString())).toEqual([])
      expect(answer.body.toString()).toContain('is well')
      expect(setup.gateway.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
      expect(setup.second.requests[0]?.body).toEqual(setup.provider.requests[0]?.body)
    },
  )
})

describe.each(dialects)('$name that answers a stream with JSON and 200', (dialect) => {
  it('has its error told with a real status', async () => {
    const { gateway, provider } = await start(dialect)
    provider.answer((line) => {
      void line.write(
        wholeAnswer('{"error":{"message":"no such luck","code":429},"message":"no such luck"}'),
      )
    })
    const answer = await gateway.ask(helloStream)
    expect(answer.status).toBe(429)
    expect(answer.body.toString()).toContain('no such luck')
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('costs the client nothing where another backend is well', async () => {
    const { gateway, provider } = await start(dialect, { rule: fallback() })
    provider.answer((line) => {
      void line.write(wholeAnswer('{"error":{"message":"no such luck"}}'))
    })
    const answer = await gateway.ask(helloStream)
    expect(answer.status).toBe(200)
    expect(checkChatStream(answer.body.toString())).toEqual([])
  })

  it.each(['text/plain', undefined])('is no stream either when its type is %s', async (type) => {
    const { gateway, provider } = await start(dialect)
    const body = '{"error":{"message":"no such luck"}}'
    provider.answer((line) => {
      void line.write(
        answerHead(200, {
          ...(type === undefined ? {} : { 'content-type': type }),
          'content-length': body.length,
        }) + body,
      )
    })
    const answer = await gateway.ask(helloStream)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body.toString())).toHaveProperty('error.message')
  })
})

describe.each(dialects)('a unary answer from $name that breaks', (dialect) => {
  const hello = { ...helloStream, stream: false }
  const cut = wholeAnswer(dialect.whole).subarray(0, -10)

  it.each([
    ['a reset', (line: Line) => line.reset(), 503],
    ['a FIN', (line: Line) => line.fin(), 503],
    ['silence', () => {}, 504],
  ] as const)('is an error, never half an answer: %s', async (_, fault, status) => {
    const { gateway, provider } = await start(dialect, { rule: idle })
    provider.answer(async (line) => {
      await line.write(cut)
      fault(line)
    })
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body.toString())).toHaveProperty('error.type', dialect.errorType)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('may come byte by byte for longer than the limit on silence', async () => {
    const { gateway, provider } = await start(dialect, { rule: { streamIdleTimeoutMs: 120 } })
    const bytes = wholeAnswer(dialect.whole)
    provider.answer(async (line) => {
      const piece = Math.ceil(bytes.length / 6)
      for (let at = 0; at < bytes.length; at += piece) {
        await line.write(bytes.subarray(at, at + piece))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })
    expect((await gateway.ask(hello)).status).toBe(200)
  })
})

describe.each(dialects)("over the platform's own fetch, a stream from $name", (dialect) => {
  const faults = streamFaults.filter(
    (fault) => fault.dialects.includes(dialect.name) && fault.name !== 'silence',
  )
  const platform = { fetch: platformFetch }

  it('comes whole where nothing breaks', async () => {
    const { gateway, provider } = await start(dialect, platform)
    provider.answer((line) => void sendProperStream(line, dialect))
    const answer = await gateway.ask(helloStream)
    expect(answer.status).toBe(200)
    expect(checkChatStream(answer.body.toString())).toEqual([])
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
  })

  it.each(faults)('ends with an error event: $name', async (fault) => {
    const { gateway, provider } = await start(dialect, platform)
    const client = await begin(gateway)
    const line = await provider.line()
    await line.write(streamHead(dialect))
    await line.write(chunkOf(dialect.content('Hel')))
    await client.until('Hel')
    await fault.run(line, dialect)
    const answer = await client.answer()
    expect(answer.whole).toBe(true)
    const events = answer.body.toString().trimEnd().split('\n\n')
    expect(events).toHaveLength(2)
    const last = JSON.parse(events[1]?.replace(/^data: /, '') ?? '') as ErrorBody
    expect(last.error.type).toBe(fault.type ?? dialect.errorType)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('is cancelled when the client leaves', async () => {
    const { gateway, provider } = await start(dialect, platform)
    const client = await begin(gateway)
    const line = await provider.line()
    await line.write(streamHead(dialect))
    await line.write(chunkOf(dialect.content('Hel')))
    await client.until('Hel')
    const left = client.leave()
    expect((await line.closed) - left).toBeLessThan(500)
    await gateway.settled(1)
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })
})
