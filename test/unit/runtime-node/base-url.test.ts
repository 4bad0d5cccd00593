import { describe, expect, it } from 'vitest'
import { parseBaseUrl } from '../../../runtime-node/base-url.ts'

describe('a base URL', () => {
  it.each([
    ['https://api.openai.com/v1', { host: 'api.openai.com', port: 443, secure: true }],
    ['http://localhost:11434/v1', { host: 'localhost', port: 11434, secure: false }],
    ['http://x', { host: 'x', port: 80, secure: false }],
    ['https://x/', { host: 'x', port: 443, secure: true }],
    ['https://x/v1/', { host: 'x', port: 443, secure: true }],
    ['https://x/api/v1', { host: 'x', port: 443, secure: true, prefix: 'api/v1' }],
    ['https://me:secret@x/a?b=c', { host: 'x', port: 443, secure: true, prefix: 'a' }],
    ['http://[::1]:8080/v1', { host: '::1', port: 8080, secure: false }],
    ['foo://x:1234/v1', { host: 'x', port: 1234, secure: false }],
  ])('is taken apart: %s', (text, parts) => {
    expect(parseBaseUrl(text)).toEqual(parts)
  })

  it.each([
    ['ftp://x', 'invalid base URL: unsupported scheme "ftp"'],
    ['localhost:11434/v1', 'invalid base URL: missing hostname'],
    ['/v1', 'invalid base URL: missing hostname'],
    ['', 'invalid base URL: missing hostname'],
  ])('is refused: %s', (text, message) => {
    expect(() => parseBaseUrl(text)).toThrow(message)
  })
})
