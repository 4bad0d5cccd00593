import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonScanError } from '../../../src/json/scan.ts'
import { hasDuplicateMember, removeMember, setMember, setOnly } from '../../../src/json/splice.ts'

describe('setMember', () => {
  it.each([
    ['replaces the value alone', '{"model":"a","n":1.0}', '{"model":"X","n":1.0}'],
    ['keeps whitespace', '{ "model" :\n "a" , "n" : 1e3 }', '{ "model" :\n "X" , "n" : 1e3 }'],
    [
      'appends an absent member',
      '{"a":12345678901234567890}',
      '{"a":12345678901234567890,"model":"X"}',
    ],
    ['appends without a comma in an empty object', '{ }', '{ "model":"X"}'],
    ['makes an object of empty text', '', '{"model":"X"}'],
    ['makes an object of blank text', ' \n', '{"model":"X"}'],
    ['sets every duplicate', '{"model":1,"b":2,"model":3}', '{"model":"X","b":2,"model":"X"}'],
    ['knows an escaped key', '{"mod\\u0065l":"a"}', '{"mod\\u0065l":"X"}'],
    ['replaces an object', '{"model":{"a":[1,{}]},"b":1}', '{"model":"X","b":1}'],
    ['replaces a string with quotes', '{"model":"a\\"b\\\\","b":1}', '{"model":"X","b":1}'],
    ['replaces a string that ends in backslashes', '{"model":"\\\\","b":1}', '{"model":"X","b":1}'],
    ['leaves a deeper key', '{"a":{"model":1}}', '{"a":{"model":1},"model":"X"}'],
    ['leaves a value that looks like the key', '{"a":"model"}', '{"a":"model","model":"X"}'],
    ['leaves a longer key', '{"models":1,"mode":2}', '{"models":1,"mode":2,"model":"X"}'],
    ['leaves braces in strings', '{"a":"}{\\"]","b":"["}', '{"a":"}{\\"]","b":"[","model":"X"}'],
  ])('%s', (_, text, expected) => {
    expect(setMember(text, ['model'], '"X"')).toBe(expected)
  })

  it.each([
    ['appends with the parent', '{"stream": true}', '{"stream": true,"so":{"iu":true}}'],
    ['replaces the inner value only', '{"so": {"iu": false}}', '{"so": {"iu": true}}'],
    ['keeps other inner keys', '{"so":{"x": 1}}', '{"so":{"x": 1,"iu":true}}'],
    ['replaces a parent that is null', '{"so":null}', '{"so":{"iu":true}}'],
    ['replaces a parent that is an array', '{"so":[1],"b":2}', '{"so":{"iu":true},"b":2}'],
    [
      'sets in each duplicate parent',
      '{"so":{},"so":{"iu":0}}',
      '{"so":{"iu":true},"so":{"iu":true}}',
    ],
    ['makes all of it from empty text', '', '{"so":{"iu":true}}'],
  ])('at a path: %s', (_, text, expected) => {
    expect(setMember(text, ['so', 'iu'], 'true')).toBe(expected)
  })

  it('writes a key that needs escapes, and finds it again', () => {
    const key = 'a"\\\n'
    const once = setMember('{}', [key], '1')
    expect(JSON.parse(once)).toEqual({ [key]: 1 })
    expect(JSON.parse(setMember(once, [key], '2'))).toEqual({ [key]: 2 })
  })

  it('does not take an escaped spelling for the key that looks like it', () => {
    expect(setMember('{"a\\n":1}', ['a\\n'], '2')).toBe('{"a\\n":1,"a\\\\n":2}')
  })

  it('treats __proto__ as any key', () => {
    expect(setMember('{"__proto__":1}', ['__proto__'], '2')).toBe('{"__proto__":2}')
  })

  it.each([
    '[1]',
    '"a"',
    '1',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"',
    '{a:1}',
    '{"a" 1}',
    '{"a":1 2}',
  ])('refuses %s', (text) => {
    expect(() => setMember(text, ['model'], '1')).toThrow(JsonScanError)
  })

  it('passes over nesting of 100,000', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(setMember(`{"a":${deep},"model":1}`, ['model'], '2')).toBe(`{"a":${deep},"model":2}`)
    expect(() => setMember(`{"a":${'['.repeat(100_000)}`, ['model'], '2')).toThrow(JsonScanError)
  })
})

describe('removeMember', () => {
  it.each([
    ['the only member', '{"model":1}', '{}'],
    ['the first', '{"model":1, "b":2}', '{"b":2}'],
    ['one in the middle', '{"a":1, "model":2, "b":3}', '{"a":1, "b":3}'],
    ['the last', '{"a":1, "model":2 }', '{"a":1 }'],
    ['all duplicates', '{"model":1,"a":2,"model":3,"model":4}', '{"a":2}'],
    ['duplicates that are all there is', '{"model":1,"mod\\u0065l":3}', '{}'],
    ['nothing', '{"a":{"model":1}}', '{"a":{"model":1}}'],
    ['nothing of empty text', '', ''],
  ])('takes out %s', (_, text, expected) => {
    expect(removeMember(text, ['model'])).toBe(expected)
  })

  it('goes along a path, into each duplicate, and leaves what is no object', () => {
    expect(removeMember('{"a":{"b":1,"c":2},"a":{"b":3},"a":[1]}', ['a', 'b'])).toBe(
      '{"a":{"c":2},"a":{},"a":[1]}',
    )
  })
})

describe('setOnly', () => {
  it.each([
    ['{"model":"a","b":1,"model":"c","d":2}', '{"b":1,"model":"X","d":2}'],
    ['{"mod\\u0065l":"a","model":"b"}', '{"model":"X"}'],
    ['{"model":"a","model":"b","model":"c"}', '{"model":"X"}'],
    ['{"model": "a"}', '{"model": "X"}'],
    ['{"b":1}', '{"b":1,"model":"X"}'],
    ['', '{"model":"X"}'],
  ])('leaves one of %s', (text, expected) => {
    expect(setOnly(text, 'model', '"X"')).toBe(expected)
  })
})

describe('hasDuplicateMember', () => {
  it.each([
    ['{"model":1,"model":2}', true],
    ['{"model":1,"mod\\u0065l":2}', true],
    ['{"\\u006dodel":1,"mod\\u0065l":2}', true],
    ['{"model":1,"a":{"model":2}}', false],
    ['{"model":"model"}', false],
    ['{"model":1}', false],
    ['{}', false],
    ['', false],
  ])('of %s is %s', (text, expected) => {
    expect(hasDuplicateMember(text, 'model')).toBe(expected)
  })

  it('knows keys whose characters have short escapes', () => {
    expect(hasDuplicateMember('{"a/b":1,"a\\/b":2}', 'a/b')).toBe(true)
  })
})

// JSON text with duplicates, odd spellings and odd whitespace, which JSON.stringify never writes.
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n')
const key = fc.oneof(
  fc.constantFrom('model', 'a', 'b', '', '__proto__', 'm"', '\\', '\u{1f600}'),
  fc.string({ maxLength: 4 }),
)
const spelling = fc.tuple(key, fc.boolean()).map(([name, escaped]) => {
  if (!escaped) return JSON.stringify(name)
  const units = name.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'))
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`
})
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      '1.0',
      '1e3',
      '-0',
      '12345678901234567890',
      'true',
      'null',
      '"}"',
      '"\\""',
      '"\\\\"',
    ),
    spelling,
    fc.array(fc.tuple(space, tie('value'), space), { maxLength: 4 }).map((items) => {
      return `[${items.map((item) => item.join('')).join(',')}]`
    }),
    objectText(tie('value')),
  ),
}))
function objectText(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(space, spelling, space, space, value, space), { maxLength: 5 })
    .map((members) => {
      const texts = members.map(([a, name, b, c, item, d]) => `${a}${name}${b}:${c}${item}${d}`)
      return `{${texts.join(',')}}`
    })
}
/** Every member that JSON.parse sees, duplicates too, in order. */
function topMembers(text: string): [string, unknown][] {
  const parts: [string, unknown][] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const char = text[index]
    if (inString) {
      if (char === '\\') index++
      else if (char === '"') inString = false
      continue
    }
    if (char === '"') inString = true
    if ((char === '{' || char === '[') && ++depth === 1) start = index + 1
    const ends = (char === '}' || char === ']') && --depth === 0
    if (ends || (char === ',' && depth === 1)) {
      const piece = text.slice(start, index).trim()
      if (piece !== '') parts.push(...Object.entries(JSON.parse(`{${piece}}`)))
      start = index + 1
    }
  }
  return parts
}

describe('against JSON.parse', () => {
  const anyObject = fc.tuple(space, objectText(jsonText), space).map((parts) => parts.join(''))

  it('sets all members of the name and touches no other', () => {
    fc.assert(
      fc.property(anyObject, key, jsonText, (text, name, raw) => {
        const before = topMembers(text)
        const after = topMembers(setMember(text, [name], raw))
        const expected = before.map(([k, v]) => [k, k === name ? JSON.parse(raw) : v])
        if (!before.some(([k]) => k === name)) expected.push([name, JSON.parse(raw)])
        expect(after).toEqual(expected)
      }),
    )
  })

  it('removes all members of the name and touches no other', () => {
    fc.assert(
      fc.property(anyObject, key, (text, name) => {
        expect(topMembers(removeMember(text, [name]))).toEqual(
          topMembers(text).filter(([k]) => k !== name),
        )
      }),
    )
  })

  it('leaves exactly one member of the name', () => {
    fc.assert(
      fc.property(anyObject, key, (text, name) => {
        const after = setOnly(text, name, '7')
        expect(topMembers(after).filter(([k]) => k === name)).toEqual([[name, 7]])
        expect(topMembers(after).filter(([k]) => k !== name)).toEqual(
          topMembers(text).filter(([k]) => k !== name),
        )
        expect(hasDuplicateMember(after, name)).toBe(false)
        expect(hasDuplicateMember(text, name)).toBe(
          topMembers(text).filter(([k]) => k === name).length > 1,
        )
      }),
    )
  })

  it('ends for any text at all', () => {
    const noise = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', ' '),
    })
    fc.assert(
      fc.property(noise, (text) => {
        try {
          setMember(`{${text}`, ['model', 'x'], '1')
        } catch (error) {
          expect(error).toBeInstanceOf(JsonScanError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
