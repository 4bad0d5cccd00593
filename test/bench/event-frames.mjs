// Frames of AWS event streams, both ways: https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from 'node:zlib'

/** Bedrock pads its events to hide their lengths. */
export const padding = (i) =>
  'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'.slice(0, (i * 11) % 52)

/** Encodes an event as Bedrock does: type and content type in string headers, JSON as payload. */
export function encodeFrame(type, event) {
  const headers = Buffer.concat(
    [
      [':event-type', type],
      [':content-type', 'application/json'],
      [':message-type', 'event'],
    ].map(([name, value]) => {
      const header = Buffer.alloc(4 + name.length + value.length)
      header[0] = name.length
      header.write(name, 1)
      header[1 + name.length] = 7
      header.writeUInt16BE(value.length, 2 + name.length)
      header.write(value, 4 + name.length)
      return header
    }),
  )
  const payload = Buffer.from(JSON.stringify(event))
  const frame = Buffer.alloc(16 + headers.length + payload.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, 12)
  payload.copy(frame, 12 + headers.length)
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4)
  return frame
}

/** Value of a string header. All headers are taken to be strings, as Bedrock's are. */
function readHeader(bytes, from, end, wanted) {
  let at = from
  while (at < end) {
    const name = bytes.latin1Slice(at + 1, at + 1 + bytes[at])
    at += 2 + bytes[at]
    const length = bytes.readUInt16BE(at)
    at += 2 + length
    if (name === wanted) return bytes.latin1Slice(at - length, at)
  }
  return undefined
}

/** Calls `emit(type, payload)` with the text of each frame, wherever the bytes are cut. Throws when a checksum does not fit. */
export function createFrameReader(emit) {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    const all = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes
    let at = 0
    while (all.length - at >= 12) {
      const total = all.readUInt32BE(at)
      if (crc32(all.subarray(at, at + 8)) !== all.readUInt32BE(at + 8)) throw new Error('prelude')
      if (all.length - at < total) break
      const end = at + total - 4
      if (crc32(all.subarray(at, end)) !== all.readUInt32BE(end)) throw new Error('message')
      const payload = at + 12 + all.readUInt32BE(at + 4)
      emit(readHeader(all, at + 12, payload, ':event-type'), all.utf8Slice(payload, end))
      at += total
    }
    rest = all.subarray(at)
  }
}
