import { describe, expect, it } from 'vitest'
import { createErrorResponse, describeError } from '../../src/error-response.ts'
import { GatewayError } from '../../src/errors.ts'

const dialects = ['openai', 'anthropic', 'cohere', undefined] as const

describe.each(dialects)('an error in the dialect %s', (dialect) => {
  it('never shows the text of an internal one', () => {
    const error = new GatewayError('internal', 'planted', { cause: new Error('planted') })
    const { body } = describeError(error, dialect)
    expect(body).toContain('internal error of the gateway')
    expect(body).not.toContain('planted')
  })

  it('says what another one says, with its code, its status and its headers', async () => {
    const error = new GatewayError('rate-limited', 'a "quoted"\nline', {
      headers: { 'retry-after': '5' },
    })
    const response = createErrorResponse(error, dialect)
    expect(response.status).toBe(429)
    expect(response.headers.get('x-aigw-error')).toBe('rate_limited')
    expect(response.headers.get('retry-after')).toBe('5')
    const text = await response.text()
    if (dialect === undefined) expect(text).toBe('a "quoted"\nline')
    else expect(JSON.stringify(JSON.parse(text))).toContain('a \\"quoted\\"\\nline')
  })
})

describe('the shape of an error', () => {
  const refused = new GatewayError('malformed-request', 'no')
  const missing = new GatewayError('no-model', 'no')
  const bodyOf = (error: GatewayError, dialect: (typeof dialects)[number]) =>
    describeError(error, dialect).body

  it('is what clients of each API read', () => {
    expect(bodyOf(refused, 'openai')).toBe(
      '{"type":"error","error":{"type":"BadRequest","code":"400","message":"no"}}',
    )
    expect(bodyOf(missing, 'openai')).toBe(
      '{"type":"error","error":{"type":"invalid_request_error","code":"model_not_found","message":"no","param":"model"}}',
    )
    expect(bodyOf(refused, 'anthropic')).toBe(
      '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}',
    )
    expect(bodyOf(refused, 'cohere')).toBe('{"message":"no"}')
  })

  it.each([
    ['too-large', 413, 'request_too_large'],
    ['credential-missing', 401, 'authentication_error'],
    ['no-route', 404, 'not_found_error'],
    ['rate-limited', 429, 'rate_limit_error'],
    ['upstream-unreachable', 503, 'service_unavailable_error'],
    ['upstream-timeout', 504, 'timeout_error'],
    ['upstream-protocol', 502, 'internal_server_error'],
    ['internal', 500, 'internal_server_error'],
  ] as const)("has Anthropic's type: %s", (kind, status, type) => {
    const error = new GatewayError(kind, 'no')
    expect(error.status).toBe(status)
    expect(JSON.parse(bodyOf(error, 'anthropic')).error.type).toBe(type)
  })
})
