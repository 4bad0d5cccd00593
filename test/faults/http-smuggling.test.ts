// Requests whose end could be read in two ways are refused, and the provider sees exactly one request for
// each of ours. https://www.rfc-editor.org/rfc/rfc9112#section-6.3
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hello, helloStream } from '../support/ask.ts'
import { openai } from '../support/provider-dialects.ts'
import { postOf } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  type RawProvider,
  startRawProvider,
  wholeAnswer,
} from '../support/raw-provider.ts'
import { localBackend, type SocketGateway, startSocketGateway } from '../support/socket-gateway.ts'

let provider: RawProvider
let gateway: SocketGateway
beforeAll(async () => {
  provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
  gateway = await startSocketGateway({ backends: [localBackend('only', provider.port)] })
})
afterAll(async () => {
  await gateway.close()
  await provider.close()
})
beforeEach(() => {
  provider.requests.length = 0
  gateway.ended.length = 0
})

const body = JSON.stringify(hello)
const smuggled = postOf(JSON.stringify({ ...hello, model: 'smuggled' }))
const length = `content-length: ${body.length}`
const hex = body.length.toString(16)
const line = 'POST /v1/chat/completions HTTP/1.1'

const request = (headers: readonly string[], content: string, first = line) =>
  `${[first, 'host: localhost', 'content-type: application/json', ...headers].join('\r\n')}\r\n\r\n${content}`

const chunked = 'transfer-encoding: chunked'
const chunks = `${hex}\r\n${body}\r\n0\r\n\r\n`

/** All that a proxy may read otherwise than the server behind it. */
const refused: readonly (readonly [string, string])[] = [
  ['a length with chunks', request([length, chunked], chunks)],
  ['chunks with a length', request([chunked, length], chunks)],
  ['a length of 0 with chunks', request(['content-length: 0', chunked], chunks)],
  ['two lengths', request([length, 'content-length: 5'], body)],
  ['two equal lengths', request([length, length], body)],
  ['a list of lengths', request([`content-length: ${body.length}, ${body.length}`], body)],
  ['a signed length', request([`content-length: +${body.length}`], body)],
  ['a negative length', request(['content-length: -1'], body)],
  ['a length in hexadecimal', request(['content-length: 0x20'], body)],
  ['a length that overflows', request(['content-length: 18446744073709551620'], body)],
  ['a length with a blank inside', request(['content-length: 1 0'], body)],
  ['an empty length', request(['content-length:'], body)],
  ['a blank before the colon', request([`content-length : ${body.length}`], body)],
  ['a blank before a name', request([` content-length: ${body.length}`], body)],
  ['an unknown transfer encoding', request(['transfer-encoding: xchunked'], chunks)],
  ['a transfer encoding that is none', request(['transfer-encoding: identity'], chunks)],
  ['chunks that are not last', request(['transfer-encoding: chunked, identity'], chunks)],
  ['two transfer encodings', request([chunked, 'transfer-encoding: identity'], chunks)],
  [
    'a transfer encoding with a control character',
    request(['transfer-encoding: \x0bchunked'], chunks),
  ],
  [
    'a blank before the colon of a transfer encoding',
    request(['transfer-encoding : chunked'], chunks),
  ],
  ['a folded header', request(['x-folded: one\r\n two', length], body)],
  ['a folded transfer encoding', request(['transfer-encoding:\r\n chunked'], chunks)],
  ['a folded length', request([`content-length:\r\n ${body.length}`], body)],
  ['a chunk size that is no number', request([chunked], `zz\r\n${body}\r\n0\r\n\r\n`)],
  ['a signed chunk size', request([chunked], `+${hex}\r\n${body}\r\n0\r\n\r\n`)],
  ['a negative chunk size', request([chunked], `-${hex}\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk size with 0x', request([chunked], `0x${hex}\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk size with a blank before it', request([chunked], ` ${hex}\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk size that overflows', request([chunked], `ffffffffffffffff1\r\n${body}\r\n0\r\n\r\n`)],
  ['an empty chunk size', request([chunked], `\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk that is longer than its size', request([chunked], `5\r\n${body}\r\n0\r\n\r\n`)],
  ['a chunk size that ends in LF alone', request([chunked], `${hex}\n${body}\r\n0\r\n\r\n`)],
  ['a NUL in a header', request(['x-nul: a\0b', length], body)],
  ['a CR in a header', request(['x-cr: a\rb', length], body)],
  ['a name with a blank', request(['x y: z', length], body)],
  ['an empty name', request([': z', length], body)],
  ['a header without a colon', request(['nothing', length], body)],
  ['no host', `${line}\r\n${length}\r\n\r\n${body}`],
  ['two hosts', request(['host: other', length], body)],
  ['another protocol', request([length], body, 'POST /v1/chat/completions HTTX/1.1')],
  ['an impossible version', request([length], body, 'POST /v1/chat/completions HTTP/1.9')],
  ['a blank in the path', request([length], body, 'POST /v1/chat/ completions HTTP/1.1')],
  ['a control character in the path', request([length], body, 'POST /v1/\x01 HTTP/1.1')],
  ['an unknown method', request([length], body, 'PO(ST /v1/chat/completions HTTP/1.1')],
  [
    'a trailer that would be a length',
    request([chunked], `${hex}\r\n${body}\r\n0\r\ncontent-length: 5\r\n\r\n`),
  ],
  ['TLS on a plain port', '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03'],
]

describe('a request whose end is ambiguous', () => {
  it.each(refused)('is refused with 400, and nothing behind it is served: %s', async (_, bytes) => {
    const client = await gateway.connect()
    client.send(Buffer.from(bytes + smuggled, 'latin1'))
    const answer = await client.answer()
    expect(answer.status).toBe(400)
    await client.closed
    expect(client.answers()).toHaveLength(1)
    client.leave()
    expect(provider.requests).toHaveLength(0)
    expect(provider.strayBytes()).toBe(0)
  })
})

const served: readonly (readonly [string, string])[] = [
  ['a length', request([length], body)],
  ['chunks', request([chunked], chunks)],
  ['chunks in capital letters', request(['Transfer-Encoding: CHUNKED'], chunks)],
  [
    'many chunks',
    request([chunked], `${[...body].map((letter) => `1\r\n${letter}\r\n`).join('')}0\r\n\r\n`),
  ],
  ['a chunk size with zeros before it', request([chunked], `000${hex}\r\n${body}\r\n0\r\n\r\n`)],
  [
    'a chunk size in capital letters',
    request([chunked], `${hex.toUpperCase()}\r\n${body}\r\n0\r\n\r\n`),
  ],
  ['a chunk extension', request([chunked], `${hex};name=value\r\n${body}\r\n0\r\n\r\n`)],
  ['trailers', request([chunked], `${hex}\r\n${body}\r\n0\r\nx-trailer: one\r\n\r\n`)],
]

describe('garbage behind a request', () => {
  it('never lands inside the answer that is under way', async () => {
    const held = await startRawProvider()
    const slow = await startSocketGateway({ backends: [localBackend('only', held.port)] })
    const client = await slow.connect()
    client.send(postOf(JSON.stringify(helloStream)))
    const line = await held.line()
    await line.write(
      answerHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
    )
    await line.write(chunkOf(openai.content('some words')))
    await client.until('some words')
    client.send('garbage\r\n\r\n')
    await client.closed
    expect(client.received().toString()).not.toContain('400')
    expect(client.answers()[0]?.whole).toBe(false)
    await line.closed
    expect(slow.ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
    await slow.close()
    await held.close()
  })
})

describe('a request whose end is certain', () => {
  it.each(served)(
    'is one request to the provider, and so is the one behind it: %s',
    async (_, bytes) => {
      const client = await gateway.connect()
      client.send(bytes + postOf(JSON.stringify({ ...hello, model: 'next' })))
      expect((await client.answer(1)).status).toBe(200)
      expect((await client.answer(2)).status).toBe(200)
      client.leave()
      expect(provider.requests.map((each) => JSON.parse(each.body.toString()).model)).toEqual([
        hello.model,
        'next',
      ])
      for (const { headers } of provider.requests) {
        expect(headers['content-length']).toBeDefined()
        expect(headers['transfer-encoding']).toBeUndefined()
        expect(headers['x-trailer']).toBeUndefined()
      }
      expect(provider.strayBytes()).toBe(0)
    },
  )

  it('is answered in order, when many come at once', async () => {
    const client = await gateway.connect()
    const many = Array.from({ length: 20 }, (_, index) => `model-${index}`)
    client.send(many.map((model) => postOf(JSON.stringify({ ...hello, model }))).join(''))
    await client.answer(many.length)
    client.leave()
    expect(provider.requests).toHaveLength(many.length)
  })

  it('cannot have its content read as a second request', async () => {
    const client = await gateway.connect()
    client.send(postOf(JSON.stringify({ ...hello, note: `\r\n\r\n${smuggled}` })))
    expect((await client.answer()).status).toBe(200)
    client.leave()
    expect(provider.requests).toHaveLength(1)
  })

  it('leaves the headers of one hop behind', async () => {
    const client = await gateway.connect()
    client.send(
      request(
        [length, 'connection: keep-alive, x-secret', 'x-secret: 1', 'te: trailers', 'upgrade: h2c'],
        body,
      ),
    )
    expect((await client.answer()).status).toBe(200)
    client.leave()
    expect(provider.requests).toHaveLength(1)
    const { headers } = provider.requests[0] ?? {}
    expect(Object.keys(headers ?? {})).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(x-secret|te|upgrade)$/)]),
    )
    expect(headers?.['connection']).toBe('keep-alive')
  })
})

describe('a provider that answers more than once', () => {
  it('cannot put its second answer in front of the next client', async () => {
    provider.answer((at) => {
      void at.write(Buffer.concat([wholeAnswer(openai.whole), wholeAnswer('{"smuggled":true}')]))
    })
    for (let i = 0; i < 4; i++) {
      const answer = await gateway.ask(hello)
      expect(answer.status).toBe(200)
      expect(answer.body.toString()).toBe(openai.whole)
    }
  })

  it('cannot say more than its length', async () => {
    provider.answer((at) => {
      void at.write(`${wholeAnswer(openai.whole)}{"smuggled":true}`)
    })
    for (let i = 0; i < 4; i++) {
      expect((await gateway.ask(hello)).body.toString()).toBe(openai.whole)
    }
  })
})
