import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashHex, toUuid } from '../../../src/simulate/hash.ts'
import { countTokens, fitTokens, splitTokens, takeTokens } from '../../../src/simulate/tokens.ts'

describe('tokens', () => {
  it.each([
    ['', 0],
    ['a', 1],
    ['abcd', 1],
    ['abcde', 2],
    ['😀😀😀😀', 1],
    ['😀😀😀😀!', 2],
  ])('counts %j as %i', (text, count) => {
    expect(countTokens(text)).toBe(count)
  })

  it('splits a text into as many pieces as it counts, none of them empty or torn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const pieces = [...splitTokens(text)]
        expect(pieces.join('')).toBe(text)
        expect(pieces).toHaveLength(countTokens(text))
        expect(pieces.join('|')).toBe(
          new TextDecoder().decode(new TextEncoder().encode(pieces.join('|'))),
        )
      }),
    )
  })

  it('takes and makes texts of a given length', () => {
    expect(takeTokens('abcdefghij', 2)).toBe('abcdefgh')
    expect(takeTokens('abc', 9)).toBe('abc')
    expect(fitTokens('abcdefghij', 2)).toBe('abcdefgh')
    expect(fitTokens('abc', 3)).toBe('abc abc abc ')
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 50 }),
        (text, count) => {
          expect(countTokens(fitTokens(text, count))).toBe(count)
        },
      ),
    )
  })
})

describe('hashHex', () => {
  it('gives 32 digits that depend on every character and its place', () => {
    const texts = ['', 'a', 'b', 'aa', 'ab', 'ba', 'a'.repeat(99), `b${'a'.repeat(98)}`]
    const hashes = texts.map(hashHex)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(hashes).size).toBe(texts.length)
    expect(texts.map(hashHex)).toEqual(hashes)
  })

  it('changes about half of its bits with one bit of the text', () => {
    const bits = (text: string) => BigInt(`0x${hashHex(text)}`)
    for (const text of ['hello', 'x', 'a longer text, with words']) {
      const other = `${String.fromCharCode(text.charCodeAt(0) ^ 1)}${text.slice(1)}`
      const changed = (bits(text) ^ bits(other)).toString(2).replaceAll('0', '').length
      expect(changed).toBeGreaterThan(40)
      expect(changed).toBeLessThan(88)
    }
  })

  it('makes UUIDs', () => {
    expect(toUuid(hashHex('a'))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})
