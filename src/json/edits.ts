// Several replacements in one text, and how an item of a list is taken out together with its comma.
import type { Span } from './scan.ts'

/** Puts `text` in place of `[from, to)`. */
export interface Edit {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** Edits must be in order and must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = ''
  let at = 0
  for (const edit of edits) {
    result += text.slice(at, edit.from) + edit.text
    at = edit.to
  }
  return result + text.slice(at)
}

/** Takes out the items at `from` up to and without `to`, with the commas that belong to them. */
export function cutItems(items: readonly Span[], from: number, to: number): Edit | undefined {
  const first = items[from]
  const last = items[to - 1]
  if (first === undefined || last === undefined) return undefined
  const next = items[to]
  if (next !== undefined) return { from: first.start, to: next.start, text: '' }
  return { from: items[from - 1]?.end ?? first.start, to: last.end, text: '' }
}
