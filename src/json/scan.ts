// Finds where values and members stand in JSON text, without parsing them (RFC 8259). The text must be
// valid JSON; of other text only this is promised: an end within it, in linear time, or a JsonScanError.

const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Thrown for text that is not JSON, where that is noticed. */
export class JsonScanError extends Error {
  override readonly name = 'JsonScanError'
}

/** One member of an object, as offsets into the text: `[keyStart, keyEnd)` holds the quotes too. */
export interface Member {
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** A piece of the text: `[start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The member as a whole, key and value. */
export function memberSpan({ keyStart, valueEnd }: Member): Span {
  return { start: keyStart, end: valueEnd }
}

/** The offset of the first character at or after `at` that is not whitespace; maybe the length. */
export function skipSpace(text: string, at: number): number {
  let index = at
  // NaN, past the end, compares false.
  while (text.charCodeAt(index) <= 0x20) index++
  return index
}

/** The offset behind the string whose opening quote is at `at`; -1 if it does not end. */
export function findStringEnd(text: string, at: number): number {
  let index = at
  for (;;) {
    index = text.indexOf('"', index + 1)
    if (index < 0) return -1
    // An odd run of backslashes escapes the quote. No backslash is looked at twice.
    let before = index - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((index - before) % 2 === 1) return index + 1
  }
}

function skipString(text: string, at: number): number {
  const end = findStringEnd(text, at)
  if (end < 0) throw new JsonScanError('a string does not end')
  return end
}

/** The offset behind the value that begins at `at`. A counter, no recursion: any depth will do. */
export function skipValue(text: string, at: number): number {
  const first = text.charCodeAt(at)
  if (first === quote) return skipString(text, at)
  if (first !== openBrace && first !== openBracket) return skipScalar(text, at)
  let depth = 0
  let index = at
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === quote) {
      index = skipString(text, index)
      continue
    }
    index++
    if (code === openBrace || code === openBracket) depth++
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) return index
  }
  throw new JsonScanError('a value does not end')
}

function skipScalar(text: string, at: number): number {
  let index = at
  for (; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code <= 0x20 || code === comma || code === closeBrace || code === closeBracket) break
  }
  if (index === at) throw new JsonScanError('a value is missing')
  return index
}

/** Whether an object begins at `at`. */
export function isObjectAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === openBrace
}

/** Whether an array begins at `at`. */
export function isArrayAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === openBracket
}

/** The members of the object that begins at `open`, in order, and the offset of its closing brace. */
export function listMembers(
  text: string,
  open: number,
): { readonly members: readonly Member[]; readonly close: number } {
  const members: Member[] = []
  let index = skipSpace(text, open + 1)
  if (text.charCodeAt(index) === closeBrace) return { members, close: index }
  for (;;) {
    if (text.charCodeAt(index) !== quote) throw new JsonScanError('a key is missing')
    const keyStart = index
    const keyEnd = skipString(text, index)
    index = skipSpace(text, keyEnd)
    if (text.charCodeAt(index) !== colon) throw new JsonScanError('a colon is missing')
    const valueStart = skipSpace(text, index + 1)
    const valueEnd = skipValue(text, valueStart)
    members.push({ keyStart, keyEnd, valueStart, valueEnd })
    index = skipSpace(text, valueEnd)
    const code = text.charCodeAt(index)
    if (code === closeBrace) return { members, close: index }
    if (code !== comma) throw new JsonScanError('a comma is missing')
    index = skipSpace(text, index + 1)
  }
}

/** The elements of the array that begins at `open`, in order, and the offset of its closing bracket. */
export function listElements(
  text: string,
  open: number,
): { readonly elements: readonly Span[]; readonly close: number } {
  const elements: Span[] = []
  let index = skipSpace(text, open + 1)
  if (text.charCodeAt(index) === closeBracket) return { elements, close: index }
  for (;;) {
    const start = index
    const end = skipValue(text, start)
    elements.push({ start, end })
    index = skipSpace(text, end)
    const code = text.charCodeAt(index)
    if (code === closeBracket) return { elements, close: index }
    if (code !== comma) throw new JsonScanError('a comma is missing')
    index = skipSpace(text, index + 1)
  }
}

/** Whether the member's key is `key`, in whatever spelling (`"mod\u0065l"` is `model`). */
export function isKey(text: string, member: Member, key: string): boolean {
  const start = member.keyStart + 1
  const length = member.keyEnd - 1 - start
  // An escape only ever makes the spelling longer.
  if (length < key.length) return false
  if (length === key.length && !key.includes('\\')) return text.startsWith(key, start)
  const raw = text.slice(member.keyStart, member.keyEnd)
  if (!raw.includes('\\')) return false
  try {
    return JSON.parse(raw) === key
  } catch {
    throw new JsonScanError('a key is not a JSON string')
  }
}
