// Sets or deletes members in JSON text without writing the rest of it anew: whitespace, key order, number
// spelling and escapes elsewhere survive. Every duplicate of a key is treated, or the gateway and a
// provider could disagree about what a body says.
import { applyEdits, cutPicked, type Edit } from './edits.ts'
import {
  isKey,
  isObjectAt,
  JsonScanError,
  listMembers,
  type Member,
  memberSpan,
  skipSpace,
} from './scan.ts'

/**
 * The text with `rawValue` (JSON) as the member at `path`, a way through object keys. An absent member
 * becomes its object's last one; absent parents, and parents that are no objects, become objects.
 * Empty text counts as absent. Throws a `JsonScanError` if the text is not an object.
 */
export function setMember(text: string, path: readonly string[], rawValue: string): string {
  const open = openObject(text)
  if (open === undefined) return nest(path, 0, rawValue)
  const edits: Edit[] = []
  const visit = (at: number, depth: number): void => {
    const key = path[depth]
    if (key === undefined) return
    const { members, close } = listMembers(text, at)
    let found = false
    for (const member of members) {
      if (!isKey(text, member, key)) continue
      found = true
      if (depth + 1 < path.length && isObjectAt(text, member.valueStart)) {
        visit(member.valueStart, depth + 1)
      } else {
        edits.push(replaceValue(member, nest(path, depth + 1, rawValue)))
      }
    }
    if (found) return
    const separator = members.length === 0 ? '' : ','
    const added = `${separator}${JSON.stringify(key)}:${nest(path, depth + 1, rawValue)}`
    edits.push({ from: close, to: close, text: added })
  }
  visit(open, 0)
  return applyEdits(text, edits)
}

/**
 * The text without the member at `path`; the same text if there is none. Throws a `JsonScanError` if
 * the text is not an object.
 */
export function removeMember(text: string, path: readonly string[]): string {
  const open = openObject(text)
  if (open === undefined) return text
  const edits: Edit[] = []
  const visit = (at: number, depth: number): void => {
    const key = path[depth]
    if (key === undefined) return
    const { members } = listMembers(text, at)
    if (depth + 1 === path.length) {
      const picked = members.map((member) => isKey(text, member, key))
      edits.push(...cutPicked(members.map(memberSpan), picked))
      return
    }
    for (const member of members) {
      if (isKey(text, member, key) && isObjectAt(text, member.valueStart)) {
        visit(member.valueStart, depth + 1)
      }
    }
  }
  visit(open, 0)
  return applyEdits(text, edits)
}

/**
 * Sets a top-level member and leaves one of that name: the last, as `JSON.parse` reads it. Throws a
 * `JsonScanError` if the text is not an object.
 */
export function setOnly(text: string, key: string, rawValue: string): string {
  const open = openObject(text)
  if (open === undefined) return nest([key], 0, rawValue)
  const { members } = listMembers(text, open)
  const last = members.findLast((member) => isKey(text, member, key))
  if (last === undefined) return setMember(text, [key], rawValue)
  // Every member that goes has a later one that stays, so the edits stay in order.
  const earlier = members.map((member) => member !== last && isKey(text, member, key))
  const edits = [...cutPicked(members.map(memberSpan), earlier), replaceValue(last, rawValue)]
  return applyEdits(text, edits)
}

/** Whether an object's text has a top-level key more than once, in whatever spelling. */
export function hasDuplicateMember(text: string, key: string): boolean {
  // Most bodies hold the plain spelling once and no escape that could spell a letter.
  if (/^\w+$/.test(key) && !text.includes('\\u')) {
    const quoted = `"${key}"`
    const first = text.indexOf(quoted)
    if (first < 0 || text.indexOf(quoted, first + quoted.length) < 0) return false
  }
  const open = openObject(text)
  if (open === undefined) return false
  let count = 0
  for (const member of listMembers(text, open).members) if (isKey(text, member, key)) count++
  return count > 1
}

/** Where the text's object begins; undefined for empty text. */
function openObject(text: string): number | undefined {
  const at = skipSpace(text, 0)
  if (at === text.length) return undefined
  if (!isObjectAt(text, at)) throw new JsonScanError('the text is not a JSON object')
  return at
}

/** `rawValue` inside objects for the keys from `depth` on. */
function nest(path: readonly string[], depth: number, rawValue: string): string {
  let result = rawValue
  for (let index = path.length - 1; index >= depth; index--) {
    result = `{${JSON.stringify(path[index])}:${result}}`
  }
  return result
}

function replaceValue(member: Member, text: string): Edit {
  return { from: member.valueStart, to: member.valueEnd, text }
}
