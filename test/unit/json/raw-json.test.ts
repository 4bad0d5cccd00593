import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rawJson, stringifyJson } from '../../../src/json/raw-json.ts'

it('writes plain data as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(stringifyJson(value)).toBe(JSON.stringify(value))
    }),
  )
})

it('leaves out undefined members', () => {
  expect(stringifyJson({ a: undefined, b: 1, c: undefined })).toBe('{"b":1}')
  expect(stringifyJson({ a: undefined })).toBe('{}')
})

it('writes fragments as they are', () => {
  const value = {
    a: [rawJson('9007199254740993'), rawJson('{"2":1.0, "1":null}')],
    b: rawJson('""'),
  }
  expect(stringifyJson(value)).toBe('{"a":[9007199254740993,{"2":1.0, "1":null}],"b":""}')
})

it('writes a fragment of any depth', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(stringifyJson({ deep: rawJson(deep) })).toBe(`{"deep":${deep}}`)
})

it('does not take a client’s object for a fragment', () => {
  const value: unknown = JSON.parse('{"raw JSON":"1","Symbol(raw JSON)":"2","__proto__":{"x":3}}')
  expect(stringifyJson(value)).toBe('{"raw JSON":"1","Symbol(raw JSON)":"2","__proto__":{"x":3}}')
})

it('gives a fragment as its value to others that write JSON', () => {
  expect(JSON.stringify({ a: rawJson('{"b": 1.0}') })).toBe('{"a":{"b":1}}')
})
