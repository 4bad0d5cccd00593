// JSON whose long strings stay the bytes that they came as. An image in a request would otherwise be held as bytes,
// as text, as a value, as text again and as bytes again: five times its size.
import { joinPieces, type Pieces } from '../pieces.ts'
import { parseJson } from './parse.ts'
import { stringifyJson } from './raw-json.ts'

export interface Outline {
  /** JSON text in which a mark stands for each long string. */
  readonly text: string
  readonly strings: readonly LongString[]
}

export interface LongString {
  /** The content, without quotes: ASCII that needs no escapes. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Decoded once. */
  value(): string
}

/** Bytes from which on a string is long. */
const longLength = 64 * 1024

/**
 * The outline of JSON in UTF-8; `decode` makes text of what is not long, and may throw. Bytes that are no JSON
 * give an outline that is none either.
 */
export function outlineJson(
  bytes: Uint8Array<ArrayBuffer>,
  decode: (bytes: Uint8Array) => string,
): Outline {
  const spans = bytes.length < longLength ? [] : findLongStrings(bytes)
  if (spans.length === 0) return { text: decode(bytes), strings: [] }
  const kept: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  for (const [index, { start, end }] of spans.entries()) {
    kept.push(bytes.subarray(at, start), encoder.encode(writeMark(index, 0)))
    at = end
  }
  kept.push(bytes.subarray(at))
  return {
    text: decode(joinPieces(kept)),
    strings: spans.map(({ start, end }) => createLongString(bytes.subarray(start, end))),
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function createLongString(bytes: Uint8Array<ArrayBuffer>): LongString {
  let value: string | undefined
  return {
    bytes,
    value() {
      value ??= decoder.decode(bytes)
      return value
    },
  }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a

interface Span {
  readonly start: number
  readonly end: number
}

/** Contents of values, not of keys, as offsets without the quotes. */
function findLongStrings(bytes: Uint8Array): Span[] {
  const spans: Span[] = []
  let open = bytes.indexOf(quote)
  while (open >= 0) {
    const close = findClose(bytes, open)
    if (close < 0) break
    const start = open + 1
    if (close - start >= longLength && isPlain(bytes, start, close) && !isKeyEnd(bytes, close)) {
      spans.push({ start, end: close })
    }
    open = bytes.indexOf(quote, close + 1)
  }
  return spans
}

/** Where the string ends that begins at `open`; -1 if it does not. */
function findClose(bytes: Uint8Array, open: number): number {
  let close = open
  for (;;) {
    close = bytes.indexOf(quote, close + 1)
    if (close < 0) return -1
    // An odd run of backslashes escapes the quote.
    let before = close - 1
    while (bytes[before] === backslash) before--
    if ((close - before) % 2 === 1) return close
  }
}

function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number // in range
    if (byte < 0x20 || byte > 0x7e || byte === backslash) return false
  }
  return true
}

function isKeyEnd(bytes: Uint8Array, close: number): boolean {
  let at = close + 1
  while ((bytes[at] ?? 0x7f) <= 0x20) at++
  return bytes[at] === colon
}

/** What nobody outside can know, so that nobody's text holds it. Made late: some runtimes have no chance at start. */
let secret: string | undefined

/** Stands for a long string from `offset` on. */
function writeMark(index: number, offset: number): string {
  secret ??= crypto.randomUUID()
  return `${secret}:${index}:${offset};`
}

/** The value of the whole text. Throws a `JsonError` as `parseJson` does; its place is one in the outline. */
export function parseOutline({ text, strings }: Outline): unknown {
  const value = parseJson(text)
  if (strings.length === 0) return value
  const byMark = new Map(strings.map((string, index) => [writeMark(index, 0), string]))
  const fill = (found: unknown): unknown => {
    if (typeof found === 'string') return byMark.get(found)?.value() ?? found
    if (typeof found !== 'object' || found === null) return found
    // The cast: what JSON.parse has made, before anybody has seen it.
    const members = found as Record<string, unknown>
    for (const key of Object.keys(members)) {
      const member = members[key]
      const filled = fill(member)
      if (filled !== member) members[key] = filled
    }
    return found
  }
  return fill(value)
}

/**
 * JSON text of `value`, as `stringifyJson`; of an outline with long strings, pieces in which those strings, or what
 * is left of them after their beginning has been cut off, are the very bytes of the outline.
 */
export function writeJson(value: unknown, outline: Outline): string | Pieces {
  const { strings } = outline
  if (strings.length === 0) return stringifyJson(value)
  const replace = (_: string, member: unknown): unknown =>
    typeof member === 'string' && member.length >= longLength
      ? (findMark(member, strings) ?? member)
      : member
  return restoreText(stringifyJson(value, replace), outline)
}

function findMark(text: string, strings: readonly LongString[]): string | undefined {
  for (const [index, string] of strings.entries()) {
    const offset = string.bytes.length - text.length
    if (offset >= 0 && string.value().slice(offset) === text) return writeMark(index, offset)
  }
  return undefined
}

/** A text with the marks of the outline, as bytes with the long strings in their place. */
export function restoreText(text: string, { strings }: Outline): string | Pieces {
  if (strings.length === 0) return text
  const marks = new RegExp(`${secret}:(\\d+):(\\d+);`, 'g')
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const add = (piece: Uint8Array<ArrayBuffer>) => {
    if (piece.length > 0) pieces.push(piece)
  }
  let at = 0
  for (const match of text.matchAll(marks)) {
    const [mark, index, offset] = match
    add(encoder.encode(text.slice(at, match.index)))
    const string = strings[Number(index)]
    if (string !== undefined) add(string.bytes.subarray(Number(offset)))
    at = match.index + mark.length
  }
  add(encoder.encode(text.slice(at)))
  return pieces
}
