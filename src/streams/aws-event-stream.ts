// The binary frames of AWS event streams, read and written.
// https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream-encoding
//
//   0 total length · 4 length of headers · 8 CRC of bytes 0..7 · 12 headers · payload · CRC of all before
import { GatewayError } from '../errors.ts'
import { crc32 } from './crc32.ts'
import { createFrame, type FrameDecoder } from './frame.ts'
import type { Frame } from './stream-translator.ts'

const preludeLength = 12
const crcLength = 4
const overhead = preludeLength + crcLength
const maxHeaderBytes = 128 * 1024
const maxPayloadBytes = 16 * 1024 * 1024

/**
 * Cuts bytes into frames, wherever they were split. A frame that comes in one piece is not copied; one
 * in many pieces is copied once or twice, whatever their number. Throws a `GatewayError`
 * (`upstream-protocol`) for corrupt bytes, for a frame above `maxFrameBytes`, and at an end inside a
 * frame; nothing after such an error has a meaning.
 */
export function createAwsEventStreamDecoder(
  visit: (frame: Frame) => void,
  maxFrameBytes: number,
): FrameDecoder {
  /** The beginning of a frame whose rest is still to come: `[0, filled)`. */
  let pending = new Uint8Array(0)
  let filled = 0
  /** Length of that frame; 0 until its prelude is whole. */
  let total = 0
  const memo: HeaderMemo = { bytes: new Uint8Array(0), headers: {} }

  const take = (chunk: Uint8Array, from: number, wanted: number): number => {
    const count = Math.min(wanted - filled, chunk.length - from)
    if (filled + count > pending.length) {
      // Doubled, not made as long as the frame says it is: what has not come costs nothing.
      const grown = new Uint8Array(Math.min(wanted, Math.max(2 * pending.length, filled + count)))
      grown.set(pending.subarray(0, filled))
      pending = grown
    }
    pending.set(chunk.subarray(from, from + count), filled)
    filled += count
    return from + count
  }
  /** Goes on with the pending frame; where the chunk is read to after that. */
  const goOn = (chunk: Uint8Array, from: number): number => {
    let at = from
    if (total === 0) {
      at = take(chunk, at, preludeLength)
      if (filled < preludeLength) return at
      total = readPrelude(pending, 0, maxFrameBytes)
    }
    at = take(chunk, at, total)
    if (filled < total) return at
    const frame = readFrame(pending, 0, total, memo)
    pending = new Uint8Array(0)
    filled = 0
    total = 0
    visit(frame)
    return at
  }
  return {
    push(chunk) {
      let at = filled > 0 ? goOn(chunk, 0) : 0
      while (chunk.length - at >= preludeLength) {
        const length = readPrelude(chunk, at, maxFrameBytes)
        if (chunk.length - at < length) break
        visit(readFrame(chunk, at, length, memo))
        at += length
      }
      if (at < chunk.length) goOn(chunk, at)
    },
    end() {
      if (filled > 0) throw corrupt('the provider ended the stream inside an event')
    },
  }
}

function corrupt(message: string): GatewayError {
  return new GatewayError('upstream-protocol', message)
}

/** The frame's length, from a prelude that is whole. */
function readPrelude(bytes: Uint8Array, at: number, maxFrameBytes: number): number {
  if (readUint32(bytes, at + 8) !== crc32(bytes, at, at + 8)) {
    throw corrupt('the stream of the provider is corrupt: wrong checksum of a prelude')
  }
  const total = readUint32(bytes, at)
  const headers = readUint32(bytes, at + 4)
  const payload = total - overhead - headers
  if (payload < 0 || headers > maxHeaderBytes) {
    throw corrupt('the stream of the provider is corrupt: impossible lengths')
  }
  if (total > maxFrameBytes || payload > maxPayloadBytes) {
    const limit = Math.min(maxFrameBytes, maxPayloadBytes)
    throw corrupt(`an event of the provider is larger than ${limit} bytes`)
  }
  return total
}

function readUint32(bytes: Uint8Array, at: number): number {
  return ((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)) >>> 0
}

/** Callers have made sure that the bytes are there. */
function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

function readFrame(bytes: Uint8Array, at: number, total: number, memo: HeaderMemo): Frame {
  const end = at + total - crcLength
  if (readUint32(bytes, end) !== crc32(bytes, at, end)) {
    throw corrupt('the stream of the provider is corrupt: wrong checksum of an event')
  }
  const payload = at + preludeLength + readUint32(bytes, at + 4)
  const headers = recallHeaders(bytes, at + preludeLength, payload, memo)
  return describeFrame(headers, decodeText(bytes, payload, end))
}

/** The headers that matter; all are optional. */
interface FrameHeaders {
  messageType?: string
  eventType?: string
  exceptionType?: string
  errorCode?: string
  errorMessage?: string
}

/** The headers that were read last: most frames of a stream have the very same ones. */
interface HeaderMemo {
  bytes: Uint8Array
  headers: FrameHeaders
}

function recallHeaders(
  bytes: Uint8Array,
  from: number,
  to: number,
  memo: HeaderMemo,
): FrameHeaders {
  if (!isSame(memo.bytes, bytes, from, to)) {
    memo.headers = readHeaders(bytes, from, to)
    memo.bytes = bytes.slice(from, to)
  }
  return memo.headers
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let index = 0; index < known.length; index++) {
    if (known[index] !== bytes[from + index]) return false
  }
  return true
}

const headerFields: ReadonlyMap<string, keyof FrameHeaders> = new Map([
  [':message-type', 'messageType'],
  [':event-type', 'eventType'],
  [':exception-type', 'exceptionType'],
  [':error-code', 'errorCode'],
  [':error-message', 'errorMessage'],
])

/** Bytes of a value by its type; 6 and 7, bytes and strings, bring their length with them. */
const valueLengths: readonly (number | undefined)[] = [
  0,
  0,
  1,
  2,
  4,
  8,
  undefined,
  undefined,
  8,
  16,
]
const bytesType = 6
const stringType = 7

function readHeaders(bytes: Uint8Array, from: number, to: number): FrameHeaders {
  const headers: FrameHeaders = {}
  let at = from
  while (at < to) {
    const nameEnd = at + 1 + (bytes[at] as number) // in range: at < to
    const type = bytes[nameEnd]
    let valueStart = nameEnd + 1
    let length = valueLengths[type ?? -1]
    if (type === bytesType || type === stringType) {
      length = readUint16(bytes, valueStart)
      valueStart += 2
    }
    if (length === undefined || valueStart + length > to) {
      throw corrupt('the stream of the provider is corrupt: headers of an event')
    }
    if (type === stringType) {
      const field = headerFields.get(decodeText(bytes, at + 1, nameEnd))
      if (field) headers[field] = decodeText(bytes, valueStart, valueStart + length)
    }
    at = valueStart + length
  }
  return headers
}

function describeFrame(headers: FrameHeaders, payload: string): Frame {
  const { messageType, eventType, errorMessage } = headers
  const reported = messageType === 'exception' || messageType === 'error' ? '' : undefined
  const exception = headers.exceptionType ?? headers.errorCode ?? reported
  // An error has its text in a header, and no payload.
  const data =
    payload === '' && errorMessage !== undefined
      ? JSON.stringify({ message: errorMessage })
      : payload
  return createFrame(data, eventType, exception)
}

const decoder = new TextDecoder()

function decodeText(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to))
}

/** One frame with string headers, checksums included. */
export function encodeAwsFrame(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const fields = Object.entries(headers).map(([name, value]) => ({
    name: encoder.encode(name),
    value: encoder.encode(value),
  }))
  const headerBytes = fields.reduce(
    (sum, { name, value }) => sum + 4 + name.length + value.length,
    0,
  )
  const total = overhead + headerBytes + payload.length
  const frame = new Uint8Array(total)
  const view = new DataView(frame.buffer)
  view.setUint32(0, total)
  view.setUint32(4, headerBytes)
  view.setUint32(8, crc32(frame, 0, 8))
  let at = preludeLength
  for (const { name, value } of fields) {
    frame[at] = name.length
    frame.set(name, at + 1)
    at += 1 + name.length
    frame[at] = stringType
    view.setUint16(at + 1, value.length)
    frame.set(value, at + 3)
    at += 3 + value.length
  }
  frame.set(payload, at)
  view.setUint32(total - crcLength, crc32(frame, 0, total - crcLength))
  return frame
}
