// Reads members and elements out of JSON text as they are spelt there. The text must be valid JSON, as
// it is once JSON.parse has taken it; otherwise a `JsonScanError` may be thrown.
import { isArrayAt, isKey, isObjectAt, listElements, listMembers, skipSpace } from './scan.ts'

/**
 * The text of an object's member, `undefined` where there is none or the text is no object.
 * Of duplicates the last one counts, as in `JSON.parse`.
 */
export function readMember(object: string | undefined, key: string): string | undefined {
  if (object === undefined) return undefined
  const open = skipSpace(object, 0)
  if (!isObjectAt(object, open)) return undefined
  const { members } = listMembers(object, open)
  const last = members.findLast((member) => isKey(object, member, key))
  return last && object.slice(last.valueStart, last.valueEnd)
}

/** The texts of an array's elements; none where the text is no array. */
export function readElements(array: string | undefined): string[] {
  if (array === undefined) return []
  const open = skipSpace(array, 0)
  if (!isArrayAt(array, open)) return []
  return listElements(array, open).elements.map(({ start, end }) => array.slice(start, end))
}
