// Sets and removes values in JSON text at paths as sjson writes them (https://github.com/tidwall/sjson):
// `a.b`, `a.0`, `a.-1` (append, or remove the last), `a\.b` for a dot in a key, `:1` for a number as key.
// Works on the text, as splice.ts does: the rest of it is not written anew.
import { applyEdits, cutPicked, type Edit } from './edits.ts'
import {
  isArrayAt,
  isKey,
  isObjectAt,
  listElements,
  listMembers,
  memberSpan,
  type Span,
  skipSpace,
  skipValue,
} from './scan.ts'

/** One step of a path. */
export interface PathPart {
  readonly key: string
  /** The step through an array; absent where only an object will do. `-1` is behind the last element. */
  readonly index?: number
}

export type JsonPath = readonly PathPart[]

/** A path that cannot be, or that does not fit the text; the message holds nothing of the text. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError'
}

/** Elements that a set may add in front of its own (as null). */
const maxPadding = 1000

/** Reads a path; a leading `$.` is passed over. Throws a `JsonPathError` for wildcards and queries. */
export function parsePath(source: string): JsonPath {
  const text = source.startsWith('$.') ? source.slice(2) : source
  if (text === '') throw new JsonPathError('the path is empty')
  const parts: PathPart[] = []
  let key = ''
  let isLiteral = false
  let atStart = true
  const finish = (): void => {
    const index = isLiteral || !/^(?:-1|\d{1,9})$/.test(key) ? undefined : Number(key)
    parts.push(index === undefined ? { key } : { key, index })
    key = ''
    isLiteral = false
    atStart = true
  }
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '.') {
      finish()
      continue
    }
    if (char === '\\') key += text.charAt(++at)
    else if (char === ':' && atStart) isLiteral = true
    else if ('*?#|@'.includes(char)) {
      throw new JsonPathError(
        `the path "${source}" has a wildcard or query, which is not supported`,
      )
    } else key += char
    atStart = false
  }
  finish()
  return parts
}

/**
 * The text with `rawValue` (JSON) at the path, in every duplicate of a key on the way. Missing parents
 * are created, parents that are neither object nor array are replaced. Throws a `JsonPathError` where a
 * key is asked of an array, and a `JsonScanError` for text that is not JSON.
 */
export function setAtPath(text: string, path: JsonPath, rawValue: string): string {
  const start = skipSpace(text, 0)
  if (start === text.length) return nest(path, 0, rawValue)
  const edits: Edit[] = []
  const visit = ({ start: at, end }: Span, depth: number): void => {
    const part = path[depth]
    if (part !== undefined && isObjectAt(text, at)) {
      const { members, close } = listMembers(text, at)
      const found = members.filter((member) => isKey(text, member, part.key))
      for (const { valueStart, valueEnd } of found) {
        visit({ start: valueStart, end: valueEnd }, depth + 1)
      }
      if (found.length > 0) return
      const separator = members.length === 0 ? '' : ','
      const value = nest(path, depth + 1, rawValue)
      edits.push({
        from: close,
        to: close,
        text: `${separator}${JSON.stringify(part.key)}:${value}`,
      })
    } else if (part !== undefined && isArrayAt(text, at)) {
      const index = requireIndex(part)
      const { elements, close } = listElements(text, at)
      const element = elements[index]
      if (element !== undefined) {
        visit(element, depth + 1)
        return
      }
      const separator = elements.length === 0 ? '' : ','
      const added = padding(index - elements.length) + nest(path, depth + 1, rawValue)
      edits.push({ from: close, to: close, text: separator + added })
    } else {
      edits.push({ from: at, to: end, text: nest(path, depth, rawValue) })
    }
  }
  visit({ start, end: skipValue(text, start) }, 0)
  return applyEdits(text, edits)
}

/**
 * The text without what is at the path, in every duplicate of a key on the way; the same text if there
 * is nothing. Throws as `setAtPath` does.
 */
export function removeAtPath(text: string, path: JsonPath): string {
  const start = skipSpace(text, 0)
  if (start === text.length) return text
  const edits: Edit[] = []
  const visit = (at: number, depth: number): void => {
    const part = path[depth]
    if (part === undefined) return
    const isLast = depth + 1 === path.length
    if (isObjectAt(text, at)) {
      const { members } = listMembers(text, at)
      if (isLast) {
        const picked = members.map((member) => isKey(text, member, part.key))
        edits.push(...cutPicked(members.map(memberSpan), picked))
        return
      }
      for (const member of members) {
        if (isKey(text, member, part.key)) visit(member.valueStart, depth + 1)
      }
    } else if (isArrayAt(text, at)) {
      const { elements } = listElements(text, at)
      const asked = requireIndex(part)
      const index = asked < 0 ? elements.length - 1 : asked
      const element = elements[index]
      if (element === undefined) return
      if (!isLast) visit(element.start, depth + 1)
      else
        edits.push(
          ...cutPicked(
            elements,
            elements.map((_, other) => other === index),
          ),
        )
    }
  }
  visit(start, 0)
  return applyEdits(text, edits)
}

function requireIndex(part: PathPart): number {
  if (part.index === undefined) {
    throw new JsonPathError(`"${part.key}" is asked of an array, which has numbers only`)
  }
  return part.index
}

/** `rawValue` inside what the parts from `depth` on ask for: arrays for numbers, else objects. */
function nest(path: JsonPath, depth: number, rawValue: string): string {
  let result = rawValue
  for (let at = path.length - 1; at >= depth; at--) {
    const part = path[at]
    if (part === undefined) break
    result =
      part.index === undefined
        ? `{${JSON.stringify(part.key)}:${result}}`
        : `[${padding(part.index)}${result}]`
  }
  return result
}

function padding(count: number): string {
  if (count > maxPadding) throw new JsonPathError(`an array would have ${count} elements added`)
  return 'null,'.repeat(Math.max(count, 0))
}
