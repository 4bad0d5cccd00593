// Our parser of server-sent events and the package that everybody uses read the same out of any text.
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSseDecoder } from '../../../src/streams/sse-decoder.ts'

interface Event {
  readonly event: string | undefined
  readonly data: string
}

function readOurs(pieces: readonly Uint8Array<ArrayBuffer>[]): Event[] {
  const events: Event[] = []
  const decoder = createSseDecoder(({ event, data }) => events.push({ event, data }), 1 << 20)
  for (const piece of pieces) decoder.push(piece)
  return events
}

function readTheirs(text: string): Event[] {
  const events: Event[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push({ event, data }) })
  parser.feed(text)
  return events
}

const line = fc.constantFrom(
  'data: {"a":1}',
  'data:{"a":2}',
  'data:  two spaces',
  'data: größer 🦜',
  'data: a: b',
  'data',
  'data:',
  'event: delta',
  'event:',
  'id: 7',
  'retry: 10',
  ': a comment',
  'unknown: field',
  '',
)

it('agrees with eventsource-parser, however lines end and wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat(200), { maxLength: 12 }),
      (lines, lineEnd, cuts) => {
        // A last line that is no CR: whether an LF follows a CR at the very end is anybody's guess.
        const text = `${[...lines, '', '', ': end'].join(lineEnd)}`
        const bytes = new TextEncoder().encode(text)
        const places = [0, ...cuts.filter((cut) => cut < bytes.length), bytes.length]
        const sorted = places.toSorted((a, b) => a - b)
        const pieces = sorted.slice(1).map((end, index) => bytes.slice(sorted[index], end))
        expect(readOurs(pieces)).toEqual(readTheirs(text))
      },
    ),
    { numRuns: 500 },
  )
})
