import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { locateSyntaxError } from '../../../src/json/locate-error.ts'
import { JsonError, parseJson } from '../../../src/json/parse.ts'

function failure(text: string, maxDepth?: number): JsonError {
  try {
    parseJson(text, maxDepth === undefined ? {} : { maxDepth })
  } catch (error) {
    if (error instanceof JsonError) return error
    throw error
  }
  throw new Error(`${text} was taken`)
}

describe('parseJson', () => {
  it('answers what JSON.parse answers', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each(['[', '{"a":'])('says where nesting of 100,000 by %s passes the limit', (opener) => {
    const error = failure(opener.repeat(100_000))
    expect(error.message).toMatch(/^JSON nested deeper than 512 levels at line 1, column \d+$/)
    expect(error.position).toBe(opener.length * 512)
  })

  it.each(['[', '{"a":'])('says so of closed nesting of 100,000 by %s too', (opener) => {
    const closer = opener === '[' ? ']' : '}'
    const text = `${opener.repeat(100_000)}1${closer.repeat(100_000)}`
    expect(failure(text).position).toBe(opener.length * 512)
    // Beside a sibling, and in a text long enough to be looked through before it is parsed.
    expect(failure(`{"a":"${'x'.repeat(300_000)}","b":${text}}`).message).toContain(
      'deeper than 512',
    )
    expect(
      failure(`{"a":1,"b":[{},${opener.repeat(600)}1${closer.repeat(600)}]}`).message,
    ).toContain('deeper than 512')
  })

  it('takes nesting up to the limit and no further', () => {
    const nested = (depth: number): string =>
      '[{"a":'.repeat(depth / 2) + 1 + '}]'.repeat(depth / 2)
    expect(parseJson(nested(512))).toBeDefined()
    expect(failure(nested(514)).message).toContain('deeper than 512')
    expect(failure('[[[]]]', 2).position).toBe(2)
  })

  it('counts no brackets in strings, and none that are closed', () => {
    expect(parseJson(`["${'['.repeat(2000)}\\"${'{'.repeat(2000)}"]`)).toHaveLength(1)
    expect(parseJson(`[${'[],'.repeat(2000)}1]`)).toHaveLength(2001)
  })

  it.each([
    ['', 'expected a value at line 1, column 1'],
    ['{"a":1', "expected ',' or '}' at line 1, column 7"],
    ['{"a":1,}', 'expected a key in double quotes at line 1, column 8'],
    ['{a:1}', "expected a key or '}' at line 1, column 2"],
    ['{\n  "a" 1}', "expected ':' at line 2, column 7"],
    ['[1,]', 'expected a value at line 1, column 4'],
    ['[1 2]', "expected ',' or ']' at line 1, column 4"],
    ['{"a":1}\n}', 'expected the end of the text at line 2, column 1'],
    ['[01]', 'expected a value at line 1, column 2'],
    ['["a\nb"]', 'expected no bare control character in a string at line 1, column 4'],
    ['["\\x"]', 'expected a JSON escape at line 1, column 3'],
    ['["abc', 'expected a closing double quote at line 1, column 6'],
    ['{"a":secret}', 'expected a value at line 1, column 6'],
  ])('says what is wrong with %j', (text, message) => {
    expect(failure(text).message).toBe(`invalid JSON: ${message}`)
  })

  it('finds a place in every text that JSON.parse refuses, and in no other', () => {
    const unit = fc.constantFrom(...'{}[]",:\\u0019.-+eE truefalsn\n\t\u0000'.split(''))
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        const { position, expected } = locateSyntaxError(text)
        // Of valid text the locator has read all and wants nothing more.
        expect(position === text.length && expected === 'the end of the text').toBe(valid)
      }),
      { numRuns: 5000 },
    )
  })
})
