// A provider that fails before its head, over real sockets: another one gives one clean answer, to the
// original request.
import { afterEach, describe, expect, it } from 'vitest'
import { hello, helloStream } from '../support/ask.ts'
import { bedrock, openai, type ProviderDialect } from '../support/provider-dialects.ts'
import {
  answerHead,
  chunkOf,
  type Line,
  lastChunk,
  refusingPort,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import { fallback, localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

interface HeadFault {
  readonly name: string
  readonly run: ((line: Line) => unknown) | 'refuse'
  /** Of the answer where nobody else can be asked. */
  readonly status: number
  /** Absent: there is none. */
  readonly message?: RegExp
}

const terminated = /reset reason: connection termination$/
const protocol = /reset reason: protocol error$/

const headFaults: readonly HeadFault[] = [
  {
    name: 'a refused connection',
    run: 'refuse',
    status: 503,
    message: /remote connection failure \(default\/\S+: connection refused\)$/,
  },
  {
    name: 'a reset before the head',
    run: (line) => line.reset(),
    status: 503,
    message: terminated,
  },
  { name: 'a FIN before the head', run: (line) => line.fin(), status: 503, message: terminated },
  {
    name: 'a FIN inside the head',
    async run(line) {
      await line.write('HTTP/1.1 200 OK\r\ncontent-ty')
      line.fin()
    },
    status: 503,
    message: terminated,
  },
  {
    name: 'a reset inside the head',
    async run(line) {
      await line.write('HTTP/1.1 200 OK\r\ncontent-ty')
      await new Promise((resolve) => setTimeout(resolve, 20))
      line.reset()
    },
    status: 503,
    message: terminated,
  },
  { name: 'silence', run: () => {}, status: 504, message: /^stream idle timeout$/ },
  {
    name: 'silence inside the head',
    run: (line) => line.write('HTTP/1.1 200 OK\r\ncontent-ty'),
    status: 504,
    message: /^stream idle timeout$/,
  },
  {
    name: 'silence after 103 Early Hints',
    run: (line) => line.write('HTTP/1.1 103 Early Hints\r\n\r\n'),
    status: 504,
    message: /^stream idle timeout$/,
  },
  {
    name: 'garbage in place of a head',
    run: (line) => line.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'),
    status: 502,
    message: protocol,
  },
  {
    name: 'a head without end',
    run: (line) => line.write(`HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n`),
    status: 502,
    message: protocol,
  },
  {
    name: 'two lengths',
    run: (line) =>
      line.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    status: 502,
    message: protocol,
  },
  {
    name: '500',
    run: (line) =>
      line.write(wholeAnswer('{"message":"told 500","error":{"message":"told 500"}}', 500)),
    status: 500,
    message: /^told 500$/,
  },
  {
    name: '503',
    run: (line) =>
      line.write(wholeAnswer('{"message":"told 503","error":{"message":"told 503"}}', 503)),
    status: 503,
    message: /^told 503$/,
  },
  {
    name: '503 whose body never ends',
    run: (line) => line.write(`${answerHead(503, { 'transfer-encoding': 'chunked' })}5\r\nbusy`),
    status: 503,
  },
]

async function start(fault: HeadFault, first: ProviderDialect, second: ProviderDialect) {
  const broken = await startRawProvider((line) => {
    if (fault.run !== 'refuse') fault.run(line)
  })
  const healthy = await startRawProvider(async (line) => {
    if (!line.request.body.includes('"stream":true') && !line.request.path.includes('-stream')) {
      return void line.write(wholeAnswer(second.whole))
    }
    await line.write(
      answerHead(200, {
        'content-type': second.streamType,
        'transfer-encoding': 'chunked',
        'x-amzn-requestid': 'r1',
      }),
    )
    for (const event of second.events(['all is well'])) await line.write(chunkOf(event))
    await line.write(lastChunk)
  })
  const gateway = await startSocketGateway({
    backends: [
      localBackend('first', fault.run === 'refuse' ? await refusingPort() : broken.port, {
        schema: first.schema,
      }),
      localBackend('second', healthy.port, { schema: second.schema }),
    ],
    rule: { streamIdleTimeoutMs: 150, ...fallback() },
  })
  const alone = await startSocketGateway({
    backends: [
      localBackend('first', fault.run === 'refuse' ? await refusingPort() : broken.port, {
        schema: first.schema,
      }),
    ],
    rule: { streamIdleTimeoutMs: 150 },
  })
  open.push(broken, healthy, gateway, alone)
  return { broken, healthy, gateway, alone }
}

describe.each([
  { first: openai, second: bedrock },
  { first: bedrock, second: openai },
])('$first.name that fails before its head', ({ first, second }) => {
  it.each(headFaults)(`is replaced by ${second.name} without a trace: $name`, async (fault) => {
    const { broken, healthy, gateway } = await start(fault, first, second)
    const unary = await gateway.ask(hello)
    expect(unary.status).toBe(200)
    expect(JSON.parse(unary.body.toString()).choices[0].message.content).toBe('Hello')
    const stream = await gateway.ask(helloStream)
    expect(stream.status).toBe(200)
    expect(stream.whole).toBe(true)
    expect(stream.body.toString()).toContain('all is well')
    expect(stream.body.toString().endsWith('data: [DONE]\n\n')).toBe(true)
    expect(stream.body.toString()).not.toContain('error')
    expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['complete', 'complete'])
    expect(healthy.requests).toHaveLength(2)
    if (second.name === 'OpenAI') {
      expect(healthy.requests[0]?.body.toString()).toBe(JSON.stringify(hello))
    }
    // Nothing of the failed tries stays.
    await expect.poll(() => broken.openConnections()).toBeLessThanOrEqual(1)
    expect(gateway.logged.filter((text) => text.startsWith('error'))).toEqual([])
  })

  it.each(headFaults)('is a real status where nobody else can be asked: $name', async (fault) => {
    const { alone } = await start(fault, first, second)
    for (const request of [hello, helloStream]) {
      const answer = await alone.ask(request)
      expect(answer.status).toBe(fault.status)
      const { error } = JSON.parse(answer.body.toString())
      expect(error.message).toMatch(
        fault.message ?? /^the provider answered with status 503 and no message$/,
      )
    }
    expect(alone.ended.map(({ outcome }) => outcome)).toEqual(['failed', 'failed'])
  })
})

describe('a provider that closes a kept connection', () => {
  it('costs nothing when it has said so', async () => {
    const provider = await startRawProvider(async (line) => {
      await line.write(wholeAnswer(openai.whole, 200, { connection: 'close' }))
      line.fin()
    })
    const gateway = await startSocketGateway({ backends: [localBackend('only', provider.port)] })
    open.push(provider, gateway)
    for (let i = 0; i < 5; i++) expect((await gateway.ask(hello)).status).toBe(200)
    expect(provider.connectionsMade()).toBe(5)
  })

  it('costs nothing when it has not, between two requests', async () => {
    const provider = await startRawProvider(async (line) => {
      await line.write(wholeAnswer(openai.whole))
      line.fin()
    })
    const gateway = await startSocketGateway({ backends: [localBackend('only', provider.port)] })
    open.push(provider, gateway)
    for (let i = 0; i < 5; i++) {
      expect((await gateway.ask(hello)).status).toBe(200)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  it('keeps a connection where it may', async () => {
    const provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
    const gateway = await startSocketGateway({ backends: [localBackend('only', provider.port)] })
    open.push(provider, gateway)
    for (let i = 0; i < 5; i++) await gateway.ask(hello)
    expect(provider.connectionsMade()).toBe(1)
  })
})
