// Reads members of a request as Google's JSON layer does: null is absent, a member that its message does not have
// is an error. https://cloud.google.com/apis/design/errors
import { isRecord } from '../json/is-record.ts'
import { rejectAsGoogle } from './google-error.ts'

export type Members = Readonly<Record<string, unknown>>

export function readMessage(value: unknown, path: string, known: readonly string[]): Members {
  if (!isRecord(value)) return rejectAsGoogle(`Invalid value at '${path}' (type.googleapis.com)`)
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue
    const at = path === '' ? '' : ` at '${path}'`
    rejectAsGoogle(`Invalid JSON payload received. Unknown name "${name}"${at}: Cannot find field.`)
  }
  return value
}

/** `[]` where it is absent. */
export function readRepeated(members: Members, name: string, path: string): readonly unknown[] {
  const value = members[name] ?? []
  return Array.isArray(value) ? value : invalid(path, name, value)
}

export function readString(members: Members, name: string, path: string): string | undefined {
  const value = members[name] ?? undefined
  return value === undefined || typeof value === 'string' ? value : invalid(path, name, value)
}

export interface Bounds {
  readonly least: number
  readonly most: number
  readonly integer?: true
}

export function readNumber(
  members: Members,
  name: string,
  path: string,
  { least, most, integer }: Bounds,
): number | undefined {
  const value = members[name] ?? undefined
  if (value === undefined) return undefined
  if (typeof value !== 'number' || (integer && !Number.isInteger(value))) {
    return invalid(path, name, value)
  }
  if (value >= least && value <= most) return value
  return rejectAsGoogle(
    `Unable to submit request because it has a ${name} value of ${value} but the supported range is from ${least} (inclusive) to ${most} (inclusive). Update the value and try again.`,
  )
}

function invalid(path: string, name: string, value: unknown): never {
  const at = path === '' ? name : `${path}.${name}`
  return rejectAsGoogle(`Invalid value at '${at}', ${JSON.stringify(value)}`)
}
