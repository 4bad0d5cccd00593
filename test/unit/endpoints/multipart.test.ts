import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMultipart } from '../../../src/endpoints/multipart.ts'
import { createRawBody } from '../../../src/endpoints/raw-body.ts'
import { GatewayError } from '../../../src/errors.ts'
import { joinBytes } from '../../support/rechunk.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const type = 'multipart/form-data; boundary=AaB'

const read = (text: string, contentType = type) =>
  readMultipart(createRawBody(encoder.encode(text), contentType))

const field = (name: string, value: string) =>
  `--AaB\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
const file = (value: string) =>
  `--AaB\r\nContent-Disposition: form-data; name="file"; filename="a \\"b\\".wav"\r\nContent-Type: audio/wav\r\n\r\n${value}\r\n`
const end = '--AaB--\r\n'

function failure(text: string, contentType = type): string {
  try {
    read(text, contentType)
  } catch (error) {
    if (GatewayError.is(error)) return `${error.status} ${error.message}`
    throw error
  }
  throw new Error('it did not fail')
}

describe('a form', () => {
  it('gives its fields and files', () => {
    const form = read(field('model', 'stt') + file('RIFF\r\n\r\n--Aa') + end)
    expect(form.parts.map(({ name, filename }) => [name, filename])).toEqual([
      ['model', undefined],
      ['file', 'a "b".wav'],
    ])
    expect(form.text('model')).toBe('stt')
    expect(form.text('file')).toBe('RIFF\r\n\r\n--Aa')
    expect(form.text('prompt')).toBeUndefined()
  })

  it.each([
    ['a quoted boundary', `multipart/form-data; charset=utf-8; boundary="AaB"`],
    ['capitals', 'Multipart/Form-Data; Boundary=AaB'],
    ['a parameter after it', 'multipart/form-data; boundary=AaB; charset=utf-8'],
  ])('is found by %s', (_, contentType) => {
    expect(read(field('model', 'x') + end, contentType).text('model')).toBe('x')
  })

  it.each([
    ['a preamble', `to whom it may concern\r\n${field('model', 'x')}${end}`],
    ['an epilogue', `${field('model', 'x')}${end}--AaB\r\nwhatever`],
    ['line feeds alone', `${field('model', 'x')}${end}`.replaceAll('\r\n', '\n')],
    [
      'blanks after the boundary',
      `${field('model', 'x')}${end}`.replaceAll('--AaB\r', '--AaB \t\r'),
    ],
    [
      'other headers',
      `--AaB\r\nX-A: b\r\ncontent-disposition: form-data; name=model\r\n\r\nx\r\n${end}`,
    ],
    ['no line break at the end', `${field('model', 'x')}--AaB--`],
  ])('may have %s', (_, text) => {
    expect(read(text).text('model')).toBe('x')
  })

  it('is not cut where a longer boundary or a boundary inside a line stands', () => {
    const content = 'a--AaB\r\n--AaBc\r\nb'
    expect(read(field('model', content) + end).text('model')).toBe(content)
  })

  it('has empty fields', () => {
    const form = read(field('model', '') + field('prompt', 'p') + end)
    expect([form.text('model'), form.text('prompt')]).toEqual(['', 'p'])
  })

  it('means the last of several fields', () => {
    expect(read(field('model', 'a') + field('model', 'b') + end).text('model')).toBe('b')
  })

  it.each([
    ['has no boundary', '', 'multipart/form-data', 'missing boundary'],
    ['has an empty boundary', '', 'multipart/form-data; boundary=""', 'missing boundary'],
    ['is empty', '', type, 'no part begins'],
    ['never closes', field('model', 'x'), type, 'the last part does not end'],
    ['ends in a header', '--AaB\r\nContent-Disp', type, 'the headers of a part do not end'],
    [
      'has an endless header',
      `--AaB\r\n${'x-header: 1\r\n'.repeat(2000)}\r\n\r\n${end}`,
      type,
      'the headers of a part do not end',
    ],
    ['has too many parts', field('a', '').repeat(1001) + end, type, 'too many parts'],
  ])('is refused where it %s', (_, text, contentType, detail) => {
    expect(failure(text, contentType)).toBe(
      `400 malformed request: failed to parse multipart form data: ${detail}`,
    )
  })
})

describe('a changed field', () => {
  const audio = new Uint8Array([0, 255, 13, 10, 45, 45, 65, 10])
  const bytes = joinBytes([
    encoder.encode(`pre\r\n${field('model', 'old')}`),
    encoder.encode('--AaB\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'),
    audio,
    encoder.encode(`\r\n${field('model', 'older')}${end}post`),
  ])

  it('leaves every other byte as it was', () => {
    const form = readMultipart(createRawBody(bytes, type))
    const changed = form.with('model', 'ünew')
    // Latin-1 shows each byte as one character.
    const latin = (data: Uint8Array) =>
      Array.from(data, (byte) => String.fromCharCode(byte)).join('')
    expect(latin(changed)).toBe(
      latin(bytes).replaceAll('\r\nold', '\r\n\u00c3\u00bcnew').replace('\u00bcnewer', '\u00bcnew'),
    )
    expect(readMultipart(createRawBody(changed, type)).text('model')).toBe('ünew')
  })

  it('is added where there was none, as the last part', () => {
    const form = read(`${file('RIFF')}${end}`)
    expect(decoder.decode(form.with('model', 'm'))).toBe(
      `${file('RIFF')}${field('model', 'm')}${end}`,
    )
  })

  it('reads back whatever the parts hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('model', 'file', 'prompt'), fc.uint8Array())),
        fc.string(),
        (parts, model) => {
          // A boundary that is in none of the parts, as clients see to it.
          fc.pre(!parts.some(([, data]) => decoder.decode(data).includes('--AaB')))
          const body = joinBytes([
            ...parts.flatMap(([name, data]) => [
              encoder.encode(`--AaB\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
              data,
              encoder.encode('\r\n'),
            ]),
            encoder.encode(end),
          ])
          const given = parts.length === 0 ? encoder.encode(end) : body
          const changed = readMultipart(createRawBody(given, type)).with('model', model)
          const form = readMultipart(createRawBody(changed, type))
          const others = parts.filter(([name]) => name !== 'model').map(([, data]) => data)
          expect(form.text('model')).toBe(decoder.decode(encoder.encode(model)))
          expect(
            form.parts
              .filter(({ name }) => name !== 'model')
              .map(({ from, to }) => changed.slice(from, to)),
          ).toEqual(others.map((data) => Uint8Array.from(data)))
        },
      ),
    )
  })
})
