// Writes protobuf's wire format into one buffer that is used again for each message.
// https://protobuf.dev/programming-guides/encoding/
import { Buffer } from 'node:buffer'

export interface ProtobufWriter {
  /** Integers, booleans and enumerations; negative ones take ten bytes. */
  varint(field: number, value: number): void
  fixed32(field: number, value: number): void
  /** An unsigned number in two halves of 32 bits. */
  fixed64(field: number, low: number, high: number): void
  double(field: number, value: number): void
  string(field: number, value: string): void
  /** Bytes, given as hex digits. */
  hex(field: number, value: string): void
  /** The head of a message of so many bytes, which somebody else has. */
  head(field: number, length: number): void
  /** What is written until `close` is a message of its own; `close` takes what `open` has given. */
  open(field: number): number
  close(start: number): void
  /** All that was written; valid until something else is. The writer is empty then. */
  take(): Uint8Array
}

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** A buffer that has grown beyond is given back: a rare large message shall not be paid for ever. */
const maxKept = 1024 * 1024

export function createProtobufWriter(initial = 16 * 1024): ProtobufWriter {
  let buffer = Buffer.allocUnsafeSlow(initial)
  let at = 0

  const reserve = (count: number) => {
    if (at + count <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + count))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }
  /** Of a whole number from 0 to 2^53. */
  const writeVarint = (value: number) => {
    let rest = value
    while (rest > 0x7f) {
      // A bitwise operation would see 32 bits only.
      buffer[at++] = (rest % 128) | 0x80
      rest = rest > 0x7fffffff ? Math.floor(rest / 128) : rest >>> 7
    }
    buffer[at++] = rest
  }
  const writeTag = (field: number, type: number) => writeVarint((field << 3) | type)
  /** The length of what stands behind `start`, where one byte was left for it. */
  const writeLength = (start: number) => {
    const length = at - start
    if (length < 0x80) {
      buffer[start - 1] = length
      return
    }
    const more = sizeOfVarint(length) - 1
    reserve(more)
    buffer.copyWithin(start + more, start, at)
    at = start - 1
    writeVarint(length)
    at += length
  }
  return {
    varint(field, value) {
      reserve(12)
      writeTag(field, VARINT)
      if (value >= 0 && value <= Number.MAX_SAFE_INTEGER) writeVarint(value)
      else {
        let rest = BigInt.asUintN(64, BigInt(value))
        for (; rest > 0x7fn; rest >>= 7n) buffer[at++] = Number(rest & 0x7fn) | 0x80
        buffer[at++] = Number(rest)
      }
    },
    fixed32(field, value) {
      reserve(6)
      writeTag(field, FIXED32)
      at = buffer.writeUInt32LE(value, at)
    },
    fixed64(field, low, high) {
      reserve(10)
      writeTag(field, FIXED64)
      at = buffer.writeUInt32LE(low, at)
      at = buffer.writeUInt32LE(high, at)
    },
    double(field, value) {
      reserve(10)
      writeTag(field, FIXED64)
      at = buffer.writeDoubleLE(value, at)
    },
    string(field, value) {
      reserve(12 + value.length * 3)
      writeTag(field, DELIMITED)
      const start = at + 1
      at = start + writeText(buffer, value, start)
      writeLength(start)
    },
    hex(field, value) {
      reserve(6 + value.length)
      writeTag(field, DELIMITED)
      writeVarint(value.length / 2)
      at += buffer.write(value, at, 'hex')
    },
    head(field, length) {
      reserve(12)
      writeTag(field, DELIMITED)
      writeVarint(length)
    },
    open(field) {
      reserve(8)
      writeTag(field, DELIMITED)
      return ++at
    },
    close: writeLength,
    take() {
      const written = buffer.subarray(0, at)
      at = 0
      if (buffer.length > maxKept) buffer = Buffer.allocUnsafeSlow(initial)
      return written
    },
  }
}

const sizeOfVarint = (value: number): number => (value < 0x80 ? 1 : 1 + sizeOfVarint(value >>> 7))

/** Short texts are written here: a call into the runtime costs more. */
const maxLoop = 24

function writeText(buffer: Buffer, text: string, at: number): number {
  if (text.length > maxLoop) return buffer.write(text, at, 'utf8')
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return buffer.write(text, at, 'utf8')
    buffer[at + index] = code
  }
  return text.length
}
