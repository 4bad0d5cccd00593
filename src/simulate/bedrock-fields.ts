// Reads members of a Bedrock request by their types: null is absent, a value of another kind cannot be deserialized.
import { isRecord } from '../json/is-record.ts'
import type { BedrockReject } from './bedrock-error.ts'

export type Members = Readonly<Record<string, unknown>>

export interface MemberReader extends BedrockReject {
  /** `undefined` where it is absent. */
  structure(members: Members, key: string): Members | undefined
  list(members: Members, key: string): readonly unknown[] | undefined
  text(members: Members, key: string): string | undefined
  /** A number within bounds; `path` is where it stands. */
  number(
    members: Members,
    key: string,
    path: string,
    least: number,
    most: number,
  ): number | undefined
  /** The value itself as a structure. */
  asStructure(value: unknown): Members
  /** The one member that a union has; `known` are those it may have. */
  union(members: Members, known: readonly string[], path: string): string
  /** A member that must be there. */
  required<T>(value: T | undefined, path: string): T
}

export function createMemberReader(reject: BedrockReject): MemberReader {
  const mismatch = (value: unknown, type: string): never =>
    reject.serialization(`${describe(value)} can not be converted to ${type}`)

  const present = (members: Members, key: string): unknown => members[key] ?? undefined

  return {
    ...reject,
    structure(members, key) {
      const value = present(members, key)
      if (value === undefined || isRecord(value)) return value
      return mismatch(value, 'a Structure')
    },
    list(members, key) {
      const value = present(members, key)
      if (value === undefined || Array.isArray(value)) return value
      return mismatch(value, 'a List')
    },
    text(members, key) {
      const value = present(members, key)
      return value === undefined || typeof value === 'string' ? value : mismatch(value, 'a String')
    },
    number(members, key, path, least, most) {
      const value = present(members, key)
      if (value === undefined) return undefined
      if (typeof value !== 'number') return mismatch(value, 'a Number')
      if (value < least) {
        return reject.constraint(
          value,
          path,
          `Member must have value greater than or equal to ${least}`,
        )
      }
      if (value > most) {
        return reject.constraint(
          value,
          path,
          `Member must have value less than or equal to ${most}`,
        )
      }
      return value
    },
    asStructure: (value) => (isRecord(value) ? value : mismatch(value, 'a Structure')),
    union(members, known, path) {
      const names = Object.keys(members).filter((name) => present(members, name) !== undefined)
      const [name = ''] = names
      if (names.length === 1 && known.includes(name)) return name
      return reject.invalid(
        `The format of the value at ${path} is invalid. Provide exactly one of ${known.join(', ')}, and try again.`,
      )
    },
    required(value, path) {
      return value === undefined ? reject.constraint(null, path, 'Member must not be null') : value
    },
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY'
  if (isRecord(value)) return 'START_OBJECT'
  return `${typeof value}`.toUpperCase().concat('_VALUE')
}
