// JSON text with fragments that go in as they were written. What passes between two JSON documents
// keeps its numbers beyond 2^53, its key order and its spelling, and deep nesting costs no stack.

const fragment = Symbol('raw JSON')

/** JSON text that `stringifyJson` writes unchanged. */
export interface RawJson {
  readonly [fragment]: string
}

/** `text` must be valid JSON: it is not looked at again. */
export function rawJson(text: string): RawJson {
  return { [fragment]: text }
}

/**
 * As `JSON.stringify` for plain data, with raw fragments anywhere in it. Recursive: meant for
 * structures of our own making, with foreign parts as fragments.
 */
export function stringifyJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (fragment in value) return (value as RawJson)[fragment] // only rawJson() knows the symbol
  if (Array.isArray(value)) return `[${value.map(stringifyJson).join(',')}]`
  let text = ''
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${stringifyJson(member)}`
  }
  return `{${text}}`
}
