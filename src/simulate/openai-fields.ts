// Reads parameters as OpenAI checks them, in its words: an absent one may be null, a wrong one is a 400.
import { isRecord } from '../json/is-record.ts'
import type { Reject } from './openai-error.ts'

export type Fields = Readonly<Record<string, unknown>>

type Kind = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array'

/** What each kind makes of a JSON value. */
interface KindTypes {
  readonly string: string
  readonly boolean: boolean
  readonly integer: number
  readonly number: number
  readonly object: Fields
  readonly array: readonly unknown[]
}

export interface FieldReader {
  /** `undefined` where the field is absent or null. */
  optional<K extends Kind>(
    fields: Fields,
    key: string,
    kind: K,
    at?: string,
  ): KindTypes[K] | undefined
  required<K extends Kind>(fields: Fields, key: string, kind: K, at?: string): KindTypes[K]
  /** A number within bounds. */
  within(
    fields: Fields,
    key: string,
    kind: 'integer' | 'number',
    least: number,
    most: number,
  ): number | undefined
  /** A list that is not empty, if it is there at all. */
  list(fields: Fields, key: string, at?: string): readonly unknown[] | undefined
  /** One of the values. */
  oneOf(fields: Fields, key: string, values: readonly string[], at?: string): string
  object(value: unknown, param: string): Fields
  wrongType(value: unknown, param: string, expected: string): never
  reject: Reject
}

export function createFieldReader(reject: Reject): FieldReader {
  const wrongType = (value: unknown, param: string, expected: string): never =>
    reject(
      `Invalid type for '${param}': expected ${expected}, but got ${describe(value)} instead.`,
      param,
      'invalid_type',
    )

  function check<K extends Kind>(value: unknown, param: string, kind: K): KindTypes[K] {
    // The cast: `is` has just said which of the kinds it is.
    return is(value, kind) ? (value as KindTypes[K]) : wrongType(value, param, expected[kind])
  }

  const reader: FieldReader = {
    reject,
    wrongType,
    optional(fields, key, kind, at = '') {
      const value = fields[key]
      return value === undefined || value === null ? undefined : check(value, at + key, kind)
    },
    required(fields, key, kind, at = '') {
      const param = at + key
      const value = fields[key]
      if (value === undefined) {
        return reject(
          `Missing required parameter: '${param}'.`,
          param,
          'missing_required_parameter',
        )
      }
      return check(value, param, kind)
    },
    within(fields, key, kind, least, most) {
      const value = reader.optional(fields, key, kind)
      if (value === undefined) return undefined
      const noun = kind === 'integer' ? 'integer' : 'decimal'
      if (value < least) {
        reject(
          `Invalid '${key}': ${noun} below minimum value. Expected a value >= ${least}, but got ${value} instead.`,
          key,
          `${noun}_below_min_value`,
        )
      }
      if (value > most) {
        reject(
          `Invalid '${key}': ${noun} above maximum value. Expected a value <= ${most}, but got ${value} instead.`,
          key,
          `${noun}_above_max_value`,
        )
      }
      return value
    },
    list(fields, key, at = '') {
      const param = at + key
      const list = reader.optional(fields, key, 'array', at)
      if (list?.length !== 0) return list
      return reject(
        `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
        param,
        'empty_array',
      )
    },
    oneOf(fields, key, values, at = '') {
      const value = reader.required(fields, key, 'string', at)
      if (values.includes(value)) return value
      return reject(
        `Invalid value: '${value}'. Supported values are: ${enumerate(values)}.`,
        at + key,
        'invalid_value',
      )
    },
    object: (value, param) => check(value, param, 'object'),
  }
  return reader
}

const expected: Readonly<Record<Kind, string>> = {
  string: 'a string',
  boolean: 'a boolean',
  integer: 'an integer',
  number: 'a decimal',
  object: 'an object',
  array: 'an array',
}

function is(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return isRecord(value)
    case 'array':
      return Array.isArray(value)
    default:
      return typeof value === kind
  }
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (Number.isInteger(value)) return 'an integer'
  return typeof value === 'number' ? 'a decimal' : `a${isRecord(value) ? 'n' : ''} ${typeof value}`
}

function enumerate(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')}, and ${last}`
}
