import { expect, it } from 'vitest'
import { convertOpenAIError } from '../../../../src/convert/errors/openai-backend-error.ts'
import {
  writeOpenAIError,
  writeOpenAIFailure,
} from '../../../../src/convert/errors/openai-error.ts'
import { createSseWriter } from '../../../../src/streams/sse-writer.ts'

it('escapes the provider’s text', () => {
  const body = writeOpenAIError({ type: 'T', status: 500, message: '"\n<' })
  expect(body).toBe('{"type":"error","error":{"type":"T","code":"500","message":"\\"\\n<"}}')
})

it.each([
  [500, 'the provider answered with status 500 and no message'],
  [307, 'the provider answered with a redirection (status 307), which the gateway does not follow'],
])('has a message where the provider has none, status %i', (status, message) => {
  const body = writeOpenAIError({ type: 'T', status, message: '' })
  expect(JSON.parse(body).error).toEqual({ type: 'T', code: String(status), message })
})

it('cuts a page that is too long for a message', () => {
  const body = writeOpenAIError({ type: 'T', status: 500, message: 'x'.repeat(1_000_000) })
  expect(JSON.parse(body).error.message).toBe('x'.repeat(16 * 1024))
})

it('leaves JSON to the provider, and wraps all else', () => {
  const convert = (body: string, contentType: string | null) =>
    convertOpenAIError(body, { status: 503, contentType })
  expect(convert('{"error":{}}', 'application/json; charset=utf-8')).toBeUndefined()
  expect(convert('not really', 'application/problem+json')).toBeUndefined()
  expect(convert('{"error":{}}', null)).toContain('"message":"{\\"error\\":{}}"')
  expect(convert('', 'application/json')).toBe(
    '{"type":"error","error":{"type":"OpenAIBackendError","code":"503","message":"the provider answered with status 503 and no message"}}',
  )
})

it('writes a failure as an event that OpenAI’s SDKs raise on', () => {
  const writer = createSseWriter()
  writeOpenAIFailure({ status: 429, type: 'T', message: 'm' }, writer)
  writeOpenAIFailure({ status: 429, type: 'T', message: 'm', code: 'c' }, writer)
  expect(writer.take()).toBe(
    'data: {"error":{"message":"m","type":"T","code":"429","param":null}}\n\n' +
      'data: {"error":{"message":"m","type":"T","code":"c","param":null}}\n\n',
  )
})
