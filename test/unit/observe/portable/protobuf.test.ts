import { expect, it } from 'vitest'
import { encodeMessage, type Message } from '../../../../src/observe/portable/protobuf.ts'

const inner: Message = () => ({ a: [1, 'varint'] })
const message: Message = () => ({
  a: [1, 'varint'],
  text: [2, 'string'],
  inner: [3, inner],
  list: [4, 'string'],
  flag: [5, 'bool'],
  double: [6, 'double'],
  fixed32: [7, 'fixed32'],
  fixed64: [8, 'fixed64'],
  bytes: [9, 'hex'],
  far: [16, 'varint'],
})

// The first four are the examples of https://protobuf.dev/programming-guides/encoding/
it.each([
  [{ a: 150 }, '08 96 01'],
  [{ text: 'testing' }, '12 07 74 65 73 74 69 6e 67'],
  [{ inner: { a: 150 } }, '1a 03 08 96 01'],
  [{ a: -2 }, '08 fe ff ff ff ff ff ff ff ff 01'],
  [{ list: ['a', 'é'] }, '22 01 61 22 02 c3 a9'],
  [{ flag: true }, '28 01'],
  [{ double: 0.5 }, '31 00 00 00 00 00 00 e0 3f'],
  [{ fixed32: 0x301 }, '3d 01 03 00 00'],
  [{ fixed64: '1700000000123456789' }, '41 15 cd 85 3d fe 9c 97 17'],
  [{ bytes: '00ff' }, '4a 02 00 ff'],
  [{ far: 0 }, '80 01 00'],
  [{ a: 2 ** 53 - 1 }, '08 ff ff ff ff ff ff ff 0f'],
  [{ a: undefined, unknown: 'x' }, ''],
])('writes %j', (value, hex) => {
  expect(Buffer.from(encodeMessage(value, message)).toString('hex')).toBe(hex.replaceAll(' ', ''))
})
