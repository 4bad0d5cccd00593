// Finds where HTTP/1.1 messages begin and end on a connection, and nothing else: https://www.rfc-editor.org/rfc/rfc9112

const HEAD = 0
const COUNTED = 1
const CHUNK_SIZE = 2
const CHUNK = 3
const AFTER_CHUNK = 4
const LAST = 5

/**
 * Returns a function to call with each piece of bytes that arrives. `onHead` gets each start line with its headers,
 * `onEnd` is called when that message's body is complete. A message without a length has no body. Trailers and chunk
 * extensions are not understood.
 */
export function createMessageReader(onHead, onEnd) {
  let state = HEAD
  let left = 0
  let carry = ''

  function readHead(bytes, from) {
    const seen = carry.length
    carry += bytes.latin1Slice(from)
    const end = carry.indexOf('\r\n\r\n', Math.max(0, seen - 3))
    if (end < 0) return bytes.length
    const head = carry.slice(0, end)
    carry = ''
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)
    left = length ? Number(length[1]) : 0
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) state = CHUNK_SIZE
    else state = left > 0 ? COUNTED : HEAD
    onHead(head)
    if (state === HEAD) onEnd()
    return from + end + 4 - seen
  }

  function readChunkSize(bytes, from) {
    let at = from
    while (at < bytes.length) {
      const byte = bytes[at++]
      if (byte === 10) {
        state = left > 0 ? CHUNK : LAST
        if (state === LAST) left = 2
        return at
      }
      const digit = byte <= 57 ? byte - 48 : (byte | 32) - 87
      if (digit >= 0 && digit < 16) left = left * 16 + digit
    }
    return at
  }

  function skip(bytes, from) {
    const taken = Math.min(left, bytes.length - from)
    left -= taken
    if (left > 0) return from + taken
    if (state === CHUNK) {
      state = AFTER_CHUNK
      left = 2
    } else if (state === AFTER_CHUNK) {
      state = CHUNK_SIZE
    } else {
      state = HEAD
      onEnd()
    }
    return from + taken
  }

  return (bytes) => {
    let at = 0
    while (at < bytes.length) {
      if (state === HEAD) at = readHead(bytes, at)
      else if (state === CHUNK_SIZE) at = readChunkSize(bytes, at)
      else at = skip(bytes, at)
    }
  }
}

/** One request with its body, ready to be written as often as wanted. */
export const requestText = (path, body) =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** Head of an answer whose body has a known length in bytes, or comes in chunks. */
export const answerHead = (type, length) =>
  `HTTP/1.1 200 OK\r\ndate: ${new Date().toUTCString()}\r\ncontent-type: ${type}\r\nx-amzn-requestid: bench-1\r\n${
    length === undefined ? 'transfer-encoding: chunked' : `content-length: ${length}`
  }\r\n\r\n`

/** A piece of a chunked body. */
export const chunk = (bytes) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')])
export const LAST_CHUNK = Buffer.from('0\r\n\r\n')
