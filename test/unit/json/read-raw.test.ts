import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readElements, readMember } from '../../../src/json/read-raw.ts'

it('reads a member as it is spelt', () => {
  expect(readMember(' { "a" : 1.0 , "b": {"x": [9007199254740993 ] } } ', 'b')).toBe(
    '{"x": [9007199254740993 ] }',
  )
  expect(readMember('{"a":1.0}', 'a')).toBe('1.0')
})

it('takes the last of duplicates, however the key is written', () => {
  expect(readMember('{"tools":1,"t\\u006fols":2}', 'tools')).toBe('2')
})

it('finds nothing where nothing is', () => {
  expect(readMember('{"a":{"b":1}}', 'b')).toBeUndefined()
  expect(readMember('{}', 'a')).toBeUndefined()
  expect(readMember('["a",1]', 'a')).toBeUndefined()
  expect(readMember(undefined, 'a')).toBeUndefined()
})

it('reads the elements of an array, and none of anything else', () => {
  expect(readElements(' [ 1.0 , "a,]" , [2,3],{"x":[]} ] ')).toEqual([
    '1.0',
    '"a,]"',
    '[2,3]',
    '{"x":[]}',
  ])
  expect(readElements('[]')).toEqual([])
  expect(readElements('{"a":[1]}')).toEqual([])
  expect(readElements(undefined)).toEqual([])
})

it('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(0, 2),
      (value, space) => {
        const text = JSON.stringify(value, undefined, space)
        const parsed = JSON.parse(text) as Record<string, unknown>
        for (const [key, member] of Object.entries(parsed)) {
          expect(JSON.parse(readMember(text, key) ?? 'nothing')).toEqual(member)
        }
      },
    ),
  )
})
