// multipart/form-data, scanned in place: a form that holds minutes of audio is never copied to be read.
// https://www.rfc-editor.org/rfc/rfc7578, https://www.rfc-editor.org/rfc/rfc2046#section-5.1
import { GatewayError } from '../errors.ts'
import type { RawBody } from './endpoint.ts'

export interface MultipartForm {
  readonly parts: readonly FormPart[]
  /** The last field of this name, as servers read it; undefined where there is none. */
  text(name: string): string | undefined
  /** The bytes with this value in every part of the name, or in a new last part. All else stays as it is. */
  with(name: string, value: string): Uint8Array<ArrayBuffer>
}

export interface FormPart {
  /** `''` where the part has no name. */
  readonly name: string
  /** Undefined for a plain field. */
  readonly filename: string | undefined
  /** The content is `bytes.subarray(from, to)`. */
  readonly from: number
  readonly to: number
}

const maxParts = 1000
const maxHeadBytes = 16 * 1024

const malformed = (detail: string) =>
  new GatewayError(
    'malformed-request',
    `malformed request: failed to parse multipart form data: ${detail}`,
  )

export function isMultipart(contentType: string): boolean {
  return contentType.toLowerCase().startsWith('multipart/form-data')
}

/** Throws a `GatewayError` (`malformed-request`) for what is no form. */
export function readMultipart({ bytes, contentType }: RawBody): MultipartForm {
  const boundary = readParameter(contentType, 'boundary') ?? ''
  if (boundary === '') throw malformed('missing boundary')
  const { parts, end } = scan(bytes, encoder.encode(`--${boundary}`))
  return {
    parts,
    text(name) {
      const part = parts.findLast((each) => each.name === name)
      return part && decoder.decode(bytes.subarray(part.from, part.to))
    },
    with(name, value) {
      const named = parts.filter((part) => part.name === name)
      const text = encoder.encode(value)
      if (named.length > 0) {
        return splice(
          bytes,
          named.map(({ from, to }) => ({ from, to, text })),
        )
      }
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`
      return splice(bytes, [{ from: end, to: end, text: encoder.encode(`${head}${value}\r\n`) }])
    },
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const CR = 13
const LF = 10
const DASH = 45

interface Scanned {
  readonly parts: readonly FormPart[]
  /** Where the closing delimiter begins. */
  readonly end: number
}

function scan(bytes: Uint8Array, delimiter: Uint8Array): Scanned {
  const parts: FormPart[] = []
  let head: Head | undefined
  let at = findDelimiter(bytes, delimiter, 0)
  while (at >= 0) {
    const after = at + delimiter.length
    if (head !== undefined) {
      // The line break before a delimiter belongs to it.
      const to = bytes[at - 2] === CR ? at - 2 : at - 1
      parts.push({ ...head, to: Math.max(head.from, to) })
      if (parts.length > maxParts) throw malformed('too many parts')
    }
    if (bytes[after] === DASH && bytes[after + 1] === DASH) return { parts, end: at }
    head = readHead(bytes, bytes.indexOf(LF, after) + 1)
    at = findDelimiter(bytes, delimiter, head.from)
  }
  throw malformed(head === undefined ? 'no part begins' : 'the last part does not end')
}

/** The next delimiter that stands at the beginning of a line, and is not that of a longer boundary. */
function findDelimiter(bytes: Uint8Array, delimiter: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] !== DASH || bytes[at + 1] !== DASH) continue
    // No delimiter holds a line break, so that nothing is compared twice.
    if (at > start && bytes[at - 1] !== LF) continue
    if (isDelimiterAt(bytes, delimiter, at)) return at
  }
  return -1
}

function isDelimiterAt(bytes: Uint8Array, delimiter: Uint8Array, at: number): boolean {
  for (let index = 0; index < delimiter.length; index++) {
    if (bytes[at + index] !== delimiter[index]) return false
  }
  let after = at + delimiter.length
  if (bytes[after] === DASH && bytes[after + 1] === DASH) return true
  while (bytes[after] === 32 || bytes[after] === 9) after++
  return bytes[after] === LF || (bytes[after] === CR && bytes[after + 1] === LF)
}

type Head = Pick<FormPart, 'name' | 'filename' | 'from'>

/** Reads a part's headers, which begin at `start`. */
function readHead(bytes: Uint8Array, start: number): Head {
  let disposition = ''
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf(LF, at)
    if (lineEnd < 0 || lineEnd - start > maxHeadBytes) {
      throw malformed('the headers of a part do not end')
    }
    const line = decoder.decode(bytes.subarray(at, lineEnd)).trimEnd()
    at = lineEnd + 1
    if (line === '') break
    if (/^content-disposition:/i.test(line)) disposition = line
  }
  return {
    name: readParameter(disposition, 'name') ?? '',
    filename: readParameter(disposition, 'filename') ?? readParameter(disposition, 'filename*'),
    from: at,
  }
}

/** A parameter of a header such as `form-data; name="model"`. */
function readParameter(header: string, name: string): string | undefined {
  for (const [, key = '', value = ''] of header.matchAll(
    /;\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g,
  )) {
    if (key.toLowerCase() !== name) continue
    return value.startsWith('"') ? value.slice(1, -1).replace(/\\(["\\])/g, '$1') : value.trim()
  }
  return undefined
}

interface ByteEdit {
  readonly from: number
  readonly to: number
  readonly text: Uint8Array
}

/** The edits are in order and apart from each other. */
function splice(bytes: Uint8Array, edits: readonly ByteEdit[]): Uint8Array<ArrayBuffer> {
  const growth = edits.reduce((sum, { from, to, text }) => sum + text.length - (to - from), 0)
  const result = new Uint8Array(bytes.length + growth)
  let read = 0
  let written = 0
  const copy = (piece: Uint8Array) => {
    result.set(piece, written)
    written += piece.length
  }
  for (const { from, to, text } of edits) {
    copy(bytes.subarray(read, from))
    copy(text)
    read = to
  }
  copy(bytes.subarray(read))
  return result
}
