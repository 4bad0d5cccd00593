import { expect, it } from 'vitest'
import { isJsonType } from '../../../src/json/is-json-type.ts'

it.each([
  'application/json',
  'Application/JSON; charset=utf-8',
  'application/problem+json',
  'application/vnd.api+json',
  'application/x-amz-json-1.1',
  'text/json',
])('%s is JSON', (type) => {
  expect(isJsonType(type)).toBe(true)
})

it.each([
  null,
  '',
  'text/plain',
  'text/html; note=application/json',
  'application/x-ndjson',
  'application/jsonlines',
])('%s is not', (type) => {
  expect(isJsonType(type)).toBe(false)
})
