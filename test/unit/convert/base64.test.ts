import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toStandardBase64 } from '../../../src/convert/base64.ts'

it.each([
  ['', ''],
  ['QUJD', 'QUJD'],
  ['QUI=', 'QUI='],
  ['QQ==', 'QQ=='],
  ['QUI', 'QUI='],
  ['QQ', 'QQ=='],
  ['+/+/', '+/+/'],
  ['-_-_', '+/+/'],
  ['-_8=', '+/8='],
  ['-_8', '+/8='],
])('%s becomes %s', (text, expected) => {
  expect(toStandardBase64(text)).toBe(expected)
})

it.each(['Q', 'QUJDQ', 'QUI==', 'QQ=', 'QQ===', 'Q=Q=', 'Q UJD', 'QUJD\n', '+-AA', 'é', '='])(
  '%j is not base64',
  (text) => {
    expect(toStandardBase64(text)).toBeUndefined()
  },
)

it('straightens every spelling of every value to the same text', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const standard = Buffer.from(bytes).toString('base64')
      expect(toStandardBase64(standard)).toBe(standard)
      expect(toStandardBase64(Buffer.from(bytes).toString('base64url'))).toBe(standard)
      expect(toStandardBase64(standard.replaceAll('=', ''))).toBe(standard)
    }),
  )
})

it('takes 20 MB without trouble', () => {
  const text = 'QUJD'.repeat(5_000_000)
  expect(toStandardBase64(text)).toBe(text)
})
