import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chatCompletions } from '../../../src/endpoints/chat-completions.ts'
import { createRawBody } from '../../../src/endpoints/raw-body.ts'
import {
  type Outline,
  outlineJson,
  parseOutline,
  restoreText,
  writeJson,
} from '../../../src/json/outline.ts'
import { stringifyJson } from '../../../src/json/raw-json.ts'
import { joinPieces, type Pieces } from '../../../src/pieces.ts'

const encoder = new TextEncoder()
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(bytes)
const outline = (text: string): Outline => outlineJson(encoder.encode(text), decode)
const textOf = (written: string | Pieces) =>
  typeof written === 'string' ? written : decode(joinPieces(written))

const image = 'iVBORw0KGgo'.repeat(10_000)
const url = `data:image/png;base64,${image}`

/** Strings that are long or not, plain or not; any of them may be a key too. */
const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 5 }).map((end) => image + end),
  fc.constantFrom(image, url, `${image}\\`, `"${image}`, `\n${image}`, `é${image}`),
)
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    strings,
    fc.double(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(strings, tie('value'), { maxKeys: 3 }),
  ),
}))

describe('an outline', () => {
  it('is parsed to what the whole text says, and written as that', () => {
    fc.assert(
      fc.property(json, fc.nat(2), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        const made = outline(text)
        const parsed = parseOutline(made)
        expect(parsed).toEqual(JSON.parse(text))
        expect(textOf(writeJson(parsed, made))).toBe(stringifyJson(JSON.parse(text)))
        expect(textOf(restoreText(made.text, made))).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('of a text with long strings is short', () => {
    const made = outline(JSON.stringify({ a: [url, { b: image }], c: 1 }))
    expect(made.strings).toHaveLength(2)
    expect(made.text.length).toBeLessThan(200)
  })

  it('leaves keys, escapes and what is not ASCII where they are', () => {
    const text = JSON.stringify({ [image]: 1, a: `${image}\n`, b: `${image}é` })
    expect(outline(text)).toEqual({ text, strings: [] })
  })

  it('of something else than JSON is refused as that is', () => {
    for (const text of [`{"a":"${image}`, `{"a":"${image}" "b"}`, `"${image}""${image}"`]) {
      expect(() => parseOutline(outline(text))).toThrow(/invalid JSON/)
    }
  })
})

describe('what is written of an outline', () => {
  it('shares the bytes of a string whose beginning was cut off', () => {
    const bytes = encoder.encode(JSON.stringify({ url }))
    const written = writeJson({ data: image, other: 'x' }, outlineJson(bytes, decode))
    if (typeof written === 'string') throw new Error('it was written as text')
    expect(textOf(written)).toBe(JSON.stringify({ data: image, other: 'x' }))
    const shared = written.filter((piece) => piece.buffer === bytes.buffer)
    expect(shared.map(({ length }) => length)).toEqual([image.length])
  })

  it('holds a long string that the outline has not', () => {
    const value = { data: `${image}A` }
    expect(textOf(writeJson(value, outline(JSON.stringify({ url }))))).toBe(JSON.stringify(value))
  })
})

it('does not move the place that an error names', () => {
  const text = `{"model":"m","messages":[{"role":"user","content":"${image}"}],}`
  const parse = () =>
    chatCompletions.parse(createRawBody(encoder.encode(text), 'application/json'), {
      meterStream: false,
      fallbackModel: undefined,
    })
  expect(parse).toThrow(`line 1, column ${text.length}`)
})
