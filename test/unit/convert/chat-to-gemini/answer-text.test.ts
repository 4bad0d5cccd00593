import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAnswerText } from '../../../../src/convert/chat-to-gemini/answer-text.ts'
import type { AnswerForm } from '../../../../src/convert/chat-to-gemini/structured-output.ts'

function read(form: AnswerForm, pieces: readonly string[]): string {
  const text = createAnswerText(form)
  return pieces.map((piece) => text.push(piece)).join('') + text.end()
}

/** The text, cut at places that the numbers say. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b)
  return [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length))
}

const places = fc.array(fc.nat(), { maxLength: 8 })

describe('a JSON string', () => {
  it('is what it says, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), places, (said, at) => {
        expect(read('json-string', cut(JSON.stringify(said), at))).toBe(said)
      }),
    )
  })

  it('may have whitespace around it', () => {
    expect(read('json-string', ['\n ', '"a', '"', ' \n'])).toBe('a')
  })

  it('keeps quotes inside that nobody escaped', () => {
    expect(read('json-string', ['"a"', 'b', '"c"'])).toBe('a"b"c')
  })

  it('stays as it is without a quote at its start', () => {
    expect(read('json-string', [' a', '"b\\n"'])).toBe(' a"b\\n"')
  })

  it('keeps an escape that is none, and one that never ends', () => {
    expect(read('json-string', ['"a\\q', 'b\\'])).toBe('a\\qb\\')
  })
})

describe('a word', () => {
  it('loses the whitespace around it, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(fc.string(), places, (said, at) => {
        expect(read('word', cut(said, at))).toBe(said.trim())
      }),
    )
  })
})

it('plain text passes at once', () => {
  const text = createAnswerText('plain')
  expect([text.push(' a '), text.push('"'), text.end()]).toEqual([' a ', '"', ''])
})
