// A JSON schema without its indirections: references followed, allOf merged, one branch of anyOf and oneOf taken.
import { isRecord } from '../json/is-record.ts'

export type Schema = Readonly<Record<string, unknown>>

/** More indirections than this at one place are a circle. */
const maxHops = 32

/**
 * Flattens a part of the schema `root`. With `shallow`, branches that need no further schemas go first,
 * so that a recursive schema comes to its end.
 */
export function flattenSchema(part: unknown, root: unknown, shallow: boolean): Schema {
  return flatten(part, 0)

  function flatten(schema: unknown, hops: number): Schema {
    if (schema === false) return { type: 'null' }
    if (!isRecord(schema) || hops > maxHops) return {}
    const { $ref, allOf, anyOf, oneOf, ...own } = schema
    let flat: Schema = own
    if (typeof $ref === 'string') flat = mergeSchemas(flatten(lookUp($ref, root), hops + 1), flat)
    for (const each of listOf(allOf)) flat = mergeSchemas(flat, flatten(each, hops + 1))
    for (const branches of [listOf(anyOf), listOf(oneOf)]) {
      const branch = choose(branches, flat, hops)
      if (branch !== undefined) flat = mergeSchemas(flat, branch)
    }
    return flat
  }

  function choose(branches: readonly unknown[], base: Schema, hops: number): Schema | undefined {
    const ordered = shallow ? [...branches].sort((a, b) => heft(a) - heft(b)) : branches
    let fallback: Schema | undefined
    for (const each of ordered) {
      if (each === false) continue
      const branch = flatten(each, hops + 1)
      if (contradict(base, branch)) continue
      // Of "something or null", the something tells more.
      if (shallow || typesOf(branch).join() !== 'null') return branch
      fallback ??= branch
    }
    return fallback
  }
}

/** The types that a schema allows, `[]` for all; guessed from its keywords where it names none. */
export function typesOf(flat: Schema): readonly string[] {
  const { type } = flat
  if (typeof type === 'string') return [type]
  if (Array.isArray(type)) return type.filter((name) => typeof name === 'string')
  if (hasAny(flat, ['properties', 'required', 'additionalProperties', 'minProperties'])) {
    return ['object']
  }
  if (hasAny(flat, ['items', 'prefixItems', 'minItems', 'maxItems'])) return ['array']
  if (hasAny(flat, ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'])) {
    return ['number']
  }
  return []
}

function hasAny(flat: Schema, keys: readonly string[]): boolean {
  return keys.some((key) => Object.hasOwn(flat, key))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** How much a branch asks for: null and constants least, what it points to most. */
function heft(branch: unknown): number {
  if (!isRecord(branch)) return 0
  if (branch.type === 'null' || Object.hasOwn(branch, 'const')) return 0
  if (typeof branch.$ref === 'string') return 4
  const [type] = typesOf(branch)
  return type === 'object' ? 3 : type === 'array' ? 2 : 1
}

function contradict(a: Schema, b: Schema): boolean {
  const left = typesOf(a)
  const right = typesOf(b)
  return left.length > 0 && right.length > 0 && commonTypes(left, right).length === 0
}

function commonTypes(left: readonly string[], right: readonly string[]): string[] {
  const both = left.filter((type) => right.includes(type))
  if (both.length > 0) return both
  // Every integer is a number.
  const numeric = (types: readonly string[]) =>
    types.includes('number') || types.includes('integer')
  return numeric(left) && numeric(right) ? ['integer'] : []
}

const higherOf = ['minimum', 'minLength', 'minItems', 'minProperties', 'exclusiveMinimum']
const lowerOf = ['maximum', 'maxLength', 'maxItems', 'maxProperties', 'exclusiveMaximum']

/** What conforms to both schemas; for keywords that cannot be joined, the second one's. */
function mergeSchemas(a: Schema, b: Schema): Schema {
  const merged = new Map(Object.entries(a))
  for (const [key, value] of Object.entries(b)) {
    merged.set(key, merged.has(key) ? mergeKeyword(key, merged.get(key), value) : value)
  }
  if (a.type !== undefined && b.type !== undefined) {
    const common = commonTypes(typesOf(a), typesOf(b))
    if (common.length > 0) merged.set('type', common)
  }
  return Object.fromEntries(merged)
}

function mergeKeyword(key: string, a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') {
    if (higherOf.includes(key)) return Math.max(a, b)
    if (lowerOf.includes(key)) return Math.min(a, b)
  }
  if (key === 'required') return [...new Set([...listOf(a), ...listOf(b)])]
  if (key === 'enum') {
    const common = listOf(a).filter((value) => listOf(b).includes(value))
    return common.length > 0 ? common : b
  }
  if (key === 'properties' && isRecord(a) && isRecord(b)) return mergeProperties(a, b)
  if (key === 'items') return { allOf: [a, b] }
  return b
}

function mergeProperties(a: Schema, b: Schema): Schema {
  const merged = new Map(Object.entries(a))
  for (const [name, schema] of Object.entries(b)) {
    merged.set(name, merged.has(name) ? { allOf: [merged.get(name), schema] } : schema)
  }
  return Object.fromEntries(merged)
}

/** What a local reference (`#`, `#/$defs/name`) points to; `undefined` for any other. */
function lookUp(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return undefined
  let value = root
  for (const step of decodePointer(reference.slice(1))) {
    if (Array.isArray(value)) value = value[Number(step)]
    else if (isRecord(value) && Object.hasOwn(value, step)) value = value[step]
    else return undefined
  }
  return value
}

/** The steps of a JSON pointer in a URL's fragment (RFC 6901, 6). */
function decodePointer(fragment: string): string[] {
  let pointer = fragment
  try {
    pointer = decodeURIComponent(fragment)
  } catch {
    // A stray percent sign stands for itself.
  }
  const steps = pointer.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
