import { expect, it } from 'vitest'
import { causeCodeOf, describeCause } from '../../src/failure-cause.ts'

const withCode = (code: unknown, cause?: unknown) =>
  Object.assign(new Error('key-123', { cause }), { code })

it('finds the code of an error, or of what caused it', () => {
  expect(causeCodeOf(withCode('ECONNREFUSED'))).toBe('ECONNREFUSED')
  const wrapped = new TypeError('fetch failed', { cause: withCode('ENOTFOUND') })
  expect(causeCodeOf(new Error('outer', { cause: wrapped }))).toBe('ENOTFOUND')
})

it.each([
  ['no error', 'ECONNREFUSED'],
  ['no code', new Error('ECONNREFUSED')],
  ['a number', withCode(7)],
  ['a text that is no code', withCode('key-123 was refused')],
])('finds none in %s', (_, error) => {
  expect(causeCodeOf(error)).toBeUndefined()
})

it('does not follow causes for ever', () => {
  const error = new Error('circle')
  error.cause = error
  expect(causeCodeOf(error)).toBeUndefined()
})

it.each([
  ['ECONNREFUSED', 'connection refused'],
  ['CERT_SIGNATURE_FAILURE', 'TLS error'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS error'],
  ['UNHEARD_OF', undefined],
  [undefined, undefined],
])('says what %s means', (code, meaning) => {
  expect(describeCause(code)).toBe(meaning)
})
