// Every form that the specification of server-sent events allows, cut anywhere, passes byte for byte and is
// counted. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { helloStream } from '../support/ask.ts'
import { postOf } from '../support/raw-client.ts'
import {
  answerHead,
  chunkOf,
  lastChunk,
  type RawProvider,
  startRawProvider,
} from '../support/raw-provider.ts'
import { seededRandom } from '../support/rechunk.ts'
import { chatChunks } from '../support/scripted-provider.ts'
import { localBackend, type SocketGateway, startSocketGateway } from '../support/socket-gateway.ts'

let provider: RawProvider
let gateway: SocketGateway
beforeAll(async () => {
  provider = await startRawProvider()
  gateway = await startSocketGateway({ backends: [localBackend('only', provider.port)] })
})
afterAll(async () => {
  await gateway.close()
  await provider.close()
})
beforeEach(() => {
  gateway.ended.length = 0
})

const events = chatChunks(['Hé', 'llo 🙂'])
const plain = events.join('')

/** One `data:` line for each line of the indented JSON. */
const inManyLines = events
  .map((event) => {
    const data = event.slice('data: '.length).trim()
    if (data === '[DONE]') return event
    const lines = JSON.stringify(JSON.parse(data), null, 1).split('\n')
    return `${lines.map((line) => `data: ${line}\n`).join('')}\n`
  })
  .join('')

const forms: readonly (readonly [string, string])[] = [
  ['LF', plain],
  ['CRLF', plain.replaceAll('\n', '\r\n')],
  ['CR', plain.replaceAll('\n', '\r')],
  [
    'all three of them',
    events.map((event, at) => event.replaceAll('\n', ['\n', '\r\n', '\r'][at % 3] ?? '')).join(''),
  ],
  ['no space after the colon', plain.replaceAll('data: ', 'data:')],
  ['comments between events', events.map((event) => `: keep-alive\n\n${event}`).join('')],
  ['comments inside events', events.map((event) => `: note\n${event}`).join('')],
  ['several data lines', inManyLines],
  ['several data lines in CRLF', inManyLines.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\ufeff${plain}`],
  ['other fields', events.map((event) => `id: 7\nretry: 10\nevent: message\n${event}`).join('')],
  ['a field without colon', events.map((event) => `data\n\n${event}`).join('')],
  ['many blank lines', events.join('\n\n\n')],
  ['blank lines before the first event', `\n\r\n\n${plain}`],
  ['no blank line at the end', plain.trimEnd()],
  ['spaces in the JSON', plain.replaceAll('":', '" : ').replaceAll(',"', ' , "')],
]

async function stream(pieces: readonly Uint8Array[]) {
  provider.answer(async (line) => {
    await line.write(
      answerHead(200, { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }),
    )
    for (const piece of pieces) {
      await line.write(chunkOf(piece))
      // So that each piece is one of its own for the gateway too.
      if (pieces.length < 20) await new Promise((resolve) => setImmediate(resolve))
    }
    await line.write(lastChunk)
  })
  const client = await gateway.connect()
  client.send(postOf(JSON.stringify(helloStream)))
  const answer = await client.answer()
  client.leave()
  return answer
}

function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const borders = [0, ...places, bytes.length]
  return borders.slice(1).map((end, at) => bytes.subarray(borders[at], end))
}

async function expectUntouched(text: string, pieces: readonly Uint8Array[]) {
  const answer = await stream(pieces)
  expect(answer.status).toBe(200)
  expect(answer.whole).toBe(true)
  expect(answer.body.toString()).toBe(text)
  expect(gateway.ended.map(({ outcome }) => outcome)).toEqual(['complete'])
  expect(gateway.ended[0]?.usage).toEqual({ input: 5, output: 2, total: 7 })
  expect(gateway.ended[0]?.responseModel).toBe('m-2026')
}

describe.each(forms)('a stream with %s', (_, text) => {
  const bytes = Buffer.from(text)

  it('passes untouched and is counted', () => expectUntouched(text, [bytes]))

  it('passes untouched byte by byte', () =>
    expectUntouched(
      text,
      cutAt(
        bytes,
        Array.from({ length: bytes.length - 1 }, (__, i) => i + 1),
      ),
    ))

  it.each([1, 2, 3])('passes untouched cut at random, seed %i', (seed) => {
    const random = seededRandom(seed)
    const places = Array.from({ length: 15 }, () => 1 + Math.floor(random() * (bytes.length - 1)))
    return expectUntouched(
      text,
      cutAt(
        bytes,
        [...new Set(places)].sort((a, b) => a - b),
      ),
    )
  })
})
