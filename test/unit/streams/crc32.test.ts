import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32 } from '../../../src/streams/crc32.ts'

it('gives the check value of the standard', () => {
  const bytes = new TextEncoder().encode('123456789')
  expect(crc32(bytes, 0, bytes.length)).toBe(0xcbf43926)
})

it('is 0 for no bytes', () => {
  expect(crc32(new Uint8Array(0), 0, 0)).toBe(0)
})

it('agrees with zlib at every length and place, and goes on from an earlier value', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
      const from = Math.min(a, b, bytes.length)
      const to = Math.min(Math.max(a, b), bytes.length)
      const whole = crc32(bytes, 0, to)
      expect(crc32(bytes, from, to, crc32(bytes, 0, from))).toBe(whole)
      if (zlibCrc32) expect(whole).toBe(zlibCrc32(bytes.subarray(0, to)))
    }),
  )
})
