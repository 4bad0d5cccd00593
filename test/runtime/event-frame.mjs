// A frame of AWS's event streams (application/vnd.amazon.eventstream): lengths, checksum, headers, payload, checksum.
const encoder = new TextEncoder()

const header = (name, value) => {
  const [key, text] = [encoder.encode(name), encoder.encode(value)]
  // 7: a text.
  return [key.length, ...key, 7, text.length >> 8, text.length & 255, ...text]
}

export function eventFrame(type, value) {
  const headers = [
    ...header(':event-type', type),
    ...header(':content-type', 'application/json'),
    ...header(':message-type', 'event'),
  ]
  const payload = encoder.encode(JSON.stringify(value))
  const frame = new Uint8Array(16 + headers.length + payload.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, frame.length)
  view.setUint32(4, headers.length)
  view.setUint32(8, crc32(frame.subarray(0, 8)))
  frame.set(headers, 12)
  frame.set(payload, 12 + headers.length)
  view.setUint32(frame.length - 4, crc32(frame.subarray(0, -4)))
  return frame
}

/** CRC-32 of ISO-HDLC, bit by bit. */
function crc32(bytes) {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
