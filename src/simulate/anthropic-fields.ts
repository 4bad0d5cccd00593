// Reads fields as Anthropic's API checks them, in its words: `messages.0.content: Input should be a valid list`.
import { isRecord } from '../json/is-record.ts'

export type Fields = Readonly<Record<string, unknown>>

type Kind = 'string' | 'integer' | 'number' | 'boolean' | 'dictionary' | 'list'

interface KindTypes {
  readonly string: string
  readonly integer: number
  readonly number: number
  readonly boolean: boolean
  readonly dictionary: Fields
  readonly list: readonly unknown[]
}

/** Refuses the request with a message. */
export type Reject = (message: string) => never

export interface FieldReader {
  readonly reject: Reject
  /** The value itself; `path` is where it stands. */
  as<K extends Kind>(value: unknown, path: string, kind: K): KindTypes[K]
  /** `undefined` where the field is absent or null. `at`: the path to `fields`. */
  optional<K extends Kind>(
    fields: Fields,
    key: string,
    kind: K,
    at?: string,
  ): KindTypes[K] | undefined
  required<K extends Kind>(fields: Fields, key: string, kind: K, at?: string): KindTypes[K]
  /** A required field that holds one of the words. */
  oneOf<Word extends string>(fields: Fields, key: string, words: readonly Word[], at?: string): Word
  /** No other fields than these. */
  only(fields: Fields, known: ReadonlySet<string>, at?: string): void
}

export function createFieldReader(reject: Reject): FieldReader {
  const pathOf = (key: string, at: string | undefined) => (at === undefined ? key : `${at}.${key}`)

  function as<K extends Kind>(value: unknown, path: string, kind: K): KindTypes[K] {
    // The cast: `is` has just said which of the kinds it is.
    if (is(value, kind)) return value as KindTypes[K]
    return reject(`${path}: Input should be a valid ${kind}`)
  }

  const reader: FieldReader = {
    reject,
    as,
    optional(fields, key, kind, at) {
      const value = fields[key]
      return value === undefined || value === null ? undefined : as(value, pathOf(key, at), kind)
    },
    required(fields, key, kind, at) {
      if (fields[key] === undefined) reject(`${pathOf(key, at)}: Field required`)
      return as(fields[key], pathOf(key, at), kind)
    },
    oneOf(fields, key, words, at) {
      const value = reader.required(fields, key, 'string', at)
      const word = words.find((each) => each === value)
      if (word !== undefined) return word
      const list = words.map((each) => `'${each}'`).join(' or ')
      return reject(`${pathOf(key, at)}: Input should be ${list}`)
    },
    only(fields, known, at) {
      const extra = Object.keys(fields).find((key) => !known.has(key))
      if (extra !== undefined) reject(`${pathOf(extra, at)}: Extra inputs are not permitted`)
    },
  }
  return reader
}

function is(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'dictionary':
      return isRecord(value)
    case 'list':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === kind
  }
}
