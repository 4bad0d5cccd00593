import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventAligner, readEvents } from '../../../src/streams/sse-parser.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function parse(text: string): [string | undefined, string][] {
  const events: [string | undefined, string][] = []
  readEvents(text, (data, event) => events.push([event, data]))
  return events
}

/** Everything that comes out of an aligner fed with the pieces, and what stays inside. */
function align(pieces: readonly Uint8Array[]) {
  const aligner = createEventAligner()
  const out = pieces.flatMap((piece) => {
    const whole = aligner.push(piece)
    return whole === undefined ? [] : [decoder.decode(whole)]
  })
  return { out, pending: aligner.pending(), rest: decoder.decode(aligner.take()) }
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    pieces.push(bytes.slice(at, at + size))
    at += size
  }
  return pieces
}

describe('reading events', () => {
  it('reads one line of data, with and without the space after the colon', () => {
    expect(parse('data: a\n\ndata:b\n\ndata:  c\n\n')).toEqual([
      [undefined, 'a'],
      [undefined, 'b'],
      [undefined, ' c'],
    ])
  })

  it('joins several data lines by line feeds and keeps the event name', () => {
    expect(parse('event: x\ndata: 1\ndata: 2\n\n')).toEqual([['x', '1\n2']])
  })

  it.each([['\n'], ['\r\n'], ['\r']])('takes %j as the end of a line', (end) => {
    const text = ['event: e', 'data: 1', '', ': comment', 'id: 7', 'data: 2', '', ''].join(end)
    expect(parse(text)).toEqual([
      ['e', '1'],
      [undefined, '2'],
    ])
  })

  it('leaves out comments, events without data and unknown fields', () => {
    expect(parse(': hi\n\nevent: x\n\nretry: 5\n\nfoo\n\ndata\n\n')).toEqual([[undefined, '']])
  })

  it('reads an event that lacks its last line feed', () => {
    expect(parse('data: a\n\ndata: b')).toEqual([
      [undefined, 'a'],
      [undefined, 'b'],
    ])
  })
})

describe('cutting at event borders', () => {
  it('hands on a chunk of whole events uncopied', () => {
    const chunk = encoder.encode('data: a\n\ndata: b\n\n')
    expect(createEventAligner().push(chunk)).toBe(chunk)
  })

  it('holds back an event that has only begun', () => {
    const { out, rest } = align([encoder.encode('data: a\n\ndata: b')])
    expect(out).toEqual(['data: a\n\n'])
    expect(rest).toBe('data: b')
  })

  it('sees a blank line that two chunks make together', () => {
    expect(align([encoder.encode('data: a\n'), encoder.encode('\n')]).out).toEqual(['data: a\n\n'])
    expect(align([encoder.encode('data: a\r\n\r'), encoder.encode('\n')]).out.join('')).toBe(
      'data: a\r\n\r',
    )
    expect(align([encoder.encode('data: a\r'), encoder.encode('\n\r\n')]).out).toEqual([
      'data: a\r\n\r\n',
    ])
  })

  it('takes one line end for no blank line', () => {
    for (const text of ['data: a\n', 'data: a\r\n', 'data: a\r']) {
      expect(align([encoder.encode(text)]).out).toEqual([])
    }
  })

  it('counts the bytes of an unfinished event', () => {
    const aligner = createEventAligner()
    aligner.push(encoder.encode('data: a\n\ndata: '))
    aligner.push(encoder.encode('bcd'))
    expect(aligner.pending()).toBe(9)
  })

  it('gives the same bytes and the same events wherever the stream is cut', () => {
    const line = fc.constantFrom('data: {"a":"ü"}', 'data:x', ': c', 'event: e', 'data: 𝄞', 'id: 1')
    const end = fc.constantFrom('\n', '\r\n')
    const stream = fc
      .tuple(fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), end)
      .map(([blocks, nl]) => blocks.map((block) => block.join(nl) + nl + nl).join(''))
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (text, sizes) => {
          const { out, rest } = align(cut(encoder.encode(text), sizes))
          expect(out.join('') + rest).toBe(text)
          expect(out.flatMap(parse)).toEqual(parse(text))
        },
      ),
    )
  })
})
