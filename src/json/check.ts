// Checks of parsed JSON against types: each says what is wrong first, and where, and never throws.
import { isRecord } from './is-record.ts'

export interface Problem {
  readonly text: string
  /** The way to the value, for example `messages[0].content`. */
  readonly where: string
}

export type Check = (value: unknown, where: string) => Problem | undefined

export const anything: Check = () => undefined
export const string = expecting('a string', (value) => typeof value === 'string')
export const boolean = expecting('true or false', (value) => typeof value === 'boolean')
export const number = expecting('a number', Number.isFinite)
export const integer = expecting('an integer', Number.isInteger)

function expecting(name: string, is: (value: unknown) => boolean): Check {
  return (value, where) => (is(value) ? undefined : { text: `expected ${name}`, where })
}

export function arrayOf(item: Check): Check {
  return (value, where) => {
    if (!Array.isArray(value)) return { text: 'expected an array', where }
    for (let index = 0; index < value.length; index++) {
      const problem = item(value[index], `${where}[${index}]`)
      if (problem) return problem
    }
    return undefined
  }
}

/** An object whose known fields are absent, null, or pass. Other fields may be anything. */
export function object(fields: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(fields)
  return (value, where) => {
    if (!isRecord(value)) return { text: 'expected an object', where }
    for (const [field, check] of entries) {
      const member = value[field]
      if (member === undefined || member === null) continue
      const problem = check(member, where === '' ? field : `${where}.${field}`)
      if (problem) return problem
    }
    return undefined
  }
}

/** An object with any keys, whose values all pass. */
export function mapOf(item: Check): Check {
  return (value, where) => {
    if (!isRecord(value)) return { text: 'expected an object', where }
    for (const [key, member] of Object.entries(value)) {
      const problem = item(member, `${where}[${JSON.stringify(shorten(key))}]`)
      if (problem) return problem
    }
    return undefined
  }
}

export interface UnionTexts {
  readonly missing: string
  readonly unknown: (tag: string) => string
}

/** An object whose member `tag` says which of the variants it must pass. */
export function union(
  tag: string,
  variants: Readonly<Record<string, Check>>,
  texts: UnionTexts,
): Check {
  const table = new Map(Object.entries(variants))
  return (value, where) => {
    const name = isRecord(value) ? value[tag] : undefined
    if (typeof name !== 'string') return { text: texts.missing, where }
    const check = table.get(name)
    return check ? check(value, where) : { text: texts.unknown(shorten(name)), where }
  }
}

/** Puts what is being read in front of what is wrong with it. */
export function within(text: string, check: Check): Check {
  return (value, where) => {
    const problem = check(value, where)
    return problem && { text: `${text}: ${problem.text}`, where: problem.where }
  }
}

/** Names out of foreign data may be of any length. */
function shorten(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name
}
