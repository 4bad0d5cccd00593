// JSON text with fragments that go in as they were written. What passes between two JSON documents
// keeps its numbers beyond 2^53, its key order and its spelling, and deep nesting costs no stack.

const fragment = Symbol('raw JSON')

/** JSON text that `stringifyJson` writes unchanged. */
export interface RawJson {
  readonly [fragment]: string
}

/** `text` must be valid JSON: it is not looked at again. */
export function rawJson(text: string): RawJson {
  return { [fragment]: text, toJSON } as RawJson // the rest of it is for JSON.stringify alone
}

/** What is written where a fragment belongs. Nobody outside can know it, so nobody's text holds it. */
let mark: string | undefined
/** The fragments that the writing under way has met, in their order. */
let met: string[] | undefined

/** Called by `JSON.stringify`, which must write a value: the fragment takes its place afterwards. */
function toJSON(this: RawJson): unknown {
  if (met === undefined) return JSON.parse(this[fragment])
  met.push(this[fragment])
  mark ??= crypto.randomUUID()
  return mark
}

/**
 * As `JSON.stringify` for plain data, with raw fragments anywhere in it. Recursive: meant for
 * structures of our own making, with foreign parts as fragments.
 */
export function stringifyJson(
  value: unknown,
  replace?: (key: string, member: unknown) => unknown,
): string {
  const fragments: string[] = []
  met = fragments
  let text: string
  try {
    text = JSON.stringify(value, replace) ?? 'null'
  } finally {
    met = undefined
  }
  if (fragments.length === 0) return text
  const [first = '', ...rest] = text.split(`"${mark}"`)
  let whole = first
  for (const [index, piece] of rest.entries()) whole += (fragments[index] ?? '') + piece
  return whole
}
