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

/** Cuts out the picked items of a list, neighbours together, each with the comma that belongs to it. */
export function cutPicked(items: readonly Span[], picked: readonly boolean[]): Edit[] {
  const edits: Edit[] = []
  for (let index = 0; index < items.length; index++) {
    const from = index
    while (picked[index] === true) index++
    const first = items[from]
    const last = items[index - 1]
    if (index === from || first === undefined || last === undefined) continue
    const next = items[index]
    edits.push(
      next === undefined
        ? { from: items[from - 1]?.end ?? first.start, to: last.end, text: '' }
        : { from: first.start, to: next.start, text: '' },
    )
  }
  return edits
}
