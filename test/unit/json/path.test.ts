import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonPathError, parsePath, removeAtPath, setAtPath } from '../../../src/json/path.ts'

const set = (text: string, path: string, raw: string): string =>
  setAtPath(text, parsePath(path), raw)
const remove = (text: string, path: string): string => removeAtPath(text, parsePath(path))

describe('parsePath', () => {
  it.each([
    ['a.b.c', [{ key: 'a' }, { key: 'b' }, { key: 'c' }]],
    ['$.a', [{ key: 'a' }]],
    ['a.0.-1', [{ key: 'a' }, { key: '0', index: 0 }, { key: '-1', index: -1 }]],
    ['a\\.b', [{ key: 'a.b' }]],
    ['a\\\\.b', [{ key: 'a\\' }, { key: 'b' }]],
    ['a.:1', [{ key: 'a' }, { key: '1' }]],
    ['\\:1', [{ key: ':1' }]],
    ['a:1', [{ key: 'a:1' }]],
    ['a\\*b', [{ key: 'a*b' }]],
    ['-2', [{ key: '-2' }]],
    ['__proto__', [{ key: '__proto__' }]],
    ['a..b', [{ key: 'a' }, { key: '' }, { key: 'b' }]],
  ])('reads %s', (path, parts) => {
    expect(parsePath(path)).toEqual(parts)
  })

  it.each(['', '$.', 'a.*', 'a.#.b', 'a|b', '@this', 'a?'])('refuses %j', (path) => {
    expect(() => parsePath(path)).toThrow(JsonPathError)
  })
})

describe('setAtPath', () => {
  it.each([
    ['sets a field in place', '{ "a" : 1.0, "b":2 }', 'a', '3', '{ "a" : 3, "b":2 }'],
    ['appends a field', '{"b":1e3}', 'a', '3', '{"b":1e3,"a":3}'],
    ['creates parents', '{}', 'a.b.c', '3', '{"a":{"b":{"c":3}}}'],
    ['creates an array for a number', '{}', 'a.1.b', '3', '{"a":[null,{"b":3}]}'],
    ['creates an array to append to', '{}', 'a.-1', '3', '{"a":[3]}'],
    ['creates an object for a literal number', '{}', 'a.:1', '3', '{"a":{"1":3}}'],
    ['sets an element', '{"a":[1, 2 ,3]}', 'a.1', '9', '{"a":[1, 9 ,3]}'],
    ['goes into an element', '{"a":[{"b":1}]}', 'a.0.b', '9', '{"a":[{"b":9}]}'],
    ['appends an element', '{"a":[1,2]}', 'a.-1', '9', '{"a":[1,2,9]}'],
    ['appends to an empty array', '{"a":[ ]}', 'a.-1', '9', '{"a":[ 9]}'],
    ['appends at the length', '{"a":[1]}', 'a.1', '9', '{"a":[1,9]}'],
    ['fills up with null', '{"a":[1]}', 'a.3', '9', '{"a":[1,null,null,9]}'],
    ['takes a number as key of an object', '{"a":{"0":1}}', 'a.0', '9', '{"a":{"0":9}}'],
    ['replaces a parent that is neither', '{"a":"x"}', 'a.b', '9', '{"a":{"b":9}}'],
    ['replaces null by an array for a number', '{"a":null}', 'a.0', '9', '{"a":[9]}'],
    ['sets every duplicate', '{"a":{},"\\u0061":[1],"a":1}', 'a', '9', '{"a":9,"\\u0061":9,"a":9}'],
    ['finds a key with a dot', '{"a.b":1,"a":{"b":2}}', 'a\\.b', '9', '{"a.b":9,"a":{"b":2}}'],
    ['begins at an array', '[1,2]', '0', '9', '[9,2]'],
    ['makes a body of nothing', ' ', 'a.b', '9', '{"a":{"b":9}}'],
  ])('%s', (_, text, path, raw, expected) => {
    expect(set(text, path, raw)).toBe(expected)
  })

  it('refuses a key of an array, and an index far beyond its end', () => {
    expect(() => set('{"a":[1]}', 'a.b', '9')).toThrow(JsonPathError)
    expect(() => set('{"a":[1]}', 'a.:0', '9')).toThrow(JsonPathError)
    expect(() => set('{"a":[1]}', 'a.999999999', '9')).toThrow(JsonPathError)
    expect(() => set('{}', 'a.999999999', '9')).toThrow(JsonPathError)
  })

  it('can be read back by JSON.parse, whatever stood there before', () => {
    const safe = fc.constantFrom('a', 'b', 'c.d', '__proto__', '')
    fc.assert(
      fc.property(
        fc.dictionary(safe, fc.jsonValue({ maxDepth: 3 })),
        fc.array(safe, { minLength: 1, maxLength: 4 }),
        (value, keys) => {
          const parts = keys.map((key) => ({ key }))
          let text: string
          try {
            text = setAtPath(JSON.stringify(value), parts, '"there"')
          } catch (error) {
            expect(error).toBeInstanceOf(JsonPathError)
            return
          }
          const found = keys.reduce<unknown>((at, key) => {
            return Object.entries(at as object).find(([name]) => name === key)?.[1]
          }, JSON.parse(text))
          expect(found).toBe('there')
          const gone = keys.reduce<unknown>(
            (at, key) => {
              return Object.entries(at as object).find(([name]) => name === key)?.[1]
            },
            JSON.parse(removeAtPath(text, parts)),
          )
          expect(gone).toBeUndefined()
        },
      ),
    )
  })
})

describe('removeAtPath', () => {
  it.each([
    ['a field', '{"a":1, "b":2}', 'a', '{"b":2}'],
    ['an inner field', '{"a":{"b":1,"c":2}}', 'a.b', '{"a":{"c":2}}'],
    ['the first element', '[1, 2, 3]', '0', '[2, 3]'],
    ['an element in the middle', '{"a":[1, 2, 3]}', 'a.1', '{"a":[1, 3]}'],
    ['the last element', '{"a":[1, 2, 3 ]}', 'a.-1', '{"a":[1, 2 ]}'],
    ['the only element', '{"a":[1]}', 'a.-1', '{"a":[]}'],
    ['a field of the last element', '{"a":[{"b":1},{"b":2}]}', 'a.-1.b', '{"a":[{"b":1},{}]}'],
    ['every duplicate', '{"a":1,"b":2,"\\u0061":3}', 'a', '{"b":2}'],
    ['nothing where there is nothing', '{"a":[1],"b":"x"}', 'c.d', '{"a":[1],"b":"x"}'],
    ['nothing beyond the end', '{"a":[1]}', 'a.1', '{"a":[1]}'],
    ['nothing below a string', '{"b":"x"}', 'b.c', '{"b":"x"}'],
    ['nothing of empty arrays', '{"a":[]}', 'a.-1', '{"a":[]}'],
    ['nothing of nothing', '', 'a', ''],
  ])('takes out %s', (_, text, path, expected) => {
    expect(remove(text, path)).toBe(expected)
  })

  it('refuses a key of an array', () => {
    expect(() => remove('{"a":[1]}', 'a.b')).toThrow(JsonPathError)
  })
})
