// A JSON schema as Gemini's own Schema, a subset of OpenAPI's: references are put in, unions are `anyOf`,
// `null` is `nullable`, what has no counterpart is left out.
// https://cloud.google.com/vertex-ai/docs/reference/rest/v1/Schema
import { isRecord } from '../../json/is-record.ts'
import type { GeminiSchema } from '../../wire/gemini/generate-content.ts'
import { resolveRef } from './schema-refs.ts'

type Node = Readonly<Record<string, unknown>>

/** Why a schema cannot be converted. */
export class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem'
}

interface Walk {
  readonly root: unknown
  /** References that are being followed. */
  readonly refs: ReadonlySet<string>
  readonly depth: number
  readonly count: { nodes: number }
}

const maxDepth = 100
/** References that double at each level make a giant of a small schema. */
const maxNodes = 10_000

/** Keys that mean the same there; of the right type, they are kept as they are. */
const kept: Readonly<Record<string, (value: unknown) => boolean>> = {
  description: isString,
  title: isString,
  pattern: isString,
  nullable: (value) => typeof value === 'boolean',
  default: () => true,
  example: () => true,
  maxItems: Number.isInteger,
  minItems: Number.isInteger,
  maxLength: Number.isInteger,
  minLength: Number.isInteger,
  maxProperties: Number.isInteger,
  minProperties: Number.isInteger,
  maximum: Number.isFinite,
  minimum: Number.isFinite,
  required: isStrings,
  propertyOrdering: isStrings,
}

/** What Gemini knows of the formats of strings. */
const stringFormats: ReadonlySet<unknown> = new Set(['enum', 'date-time'])

/** Throws a `SchemaProblem`. */
export function convertSchema(schema: Node): GeminiSchema {
  return convert(schema, { root: schema, refs: new Set(), depth: 0, count: { nodes: 0 } })
}

function convert(schema: unknown, outer: Walk): GeminiSchema {
  // `true` and `false` are schemas too; there is no word for the latter.
  if (typeof schema === 'boolean') return {}
  if (!isRecord(schema)) throw new SchemaProblem('a schema must be an object')
  const walk = { ...outer, depth: outer.depth + 1 }
  if (walk.depth > maxDepth) throw new SchemaProblem(`nested deeper than ${maxDepth} levels`)
  if (++walk.count.nodes > maxNodes)
    throw new SchemaProblem('too large once its references are put in')

  if (schema.$ref !== undefined) return convertRef(schema, walk)
  if (Array.isArray(schema.allOf)) return convertAllOf(schema, schema.allOf, walk)
  if (Array.isArray(schema.type)) return convertTypes(schema, schema.type, walk)
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) return convertAlternatives(schema, alternatives, walk)
  return convertPlain(schema, walk)
}

/** What stands beside the reference goes over what it refers to. */
function convertRef({ $ref: ref, ...siblings }: Node, walk: Walk): GeminiSchema {
  if (typeof ref !== 'string') throw new SchemaProblem('$ref must be a string')
  const beside = convert(siblings, walk)
  // A cycle has no end: somewhere it must be enough to say that there is an object.
  if (walk.refs.has(ref)) return { type: 'object', ...beside }
  const target = resolveRef(walk.root, ref)
  if (typeof target === 'string') throw new SchemaProblem(target)
  return { ...convert(target, { ...walk, refs: new Set([...walk.refs, ref]) }), ...beside }
}

function convertAllOf({ allOf: _, ...siblings }: Node, all: unknown[], walk: Walk): GeminiSchema {
  return [...all, siblings].map((each) => convert(each, walk)).reduce(merge, {})
}

function merge(a: GeminiSchema, b: GeminiSchema): GeminiSchema {
  const properties =
    isRecord(a.properties) && isRecord(b.properties)
      ? { properties: { ...a.properties, ...b.properties } }
      : {}
  const required =
    isStrings(a.required) && isStrings(b.required)
      ? { required: [...new Set([...a.required, ...b.required])] }
      : {}
  return { ...a, ...b, ...properties, ...required }
}

/** Several types are alternatives, each with what the schema says besides. */
function convertTypes({ type: _, ...rest }: Node, types: unknown[], walk: Walk): GeminiSchema {
  if (!isStrings(types) || types.length === 0) {
    throw new SchemaProblem('type must be a string or a list of strings')
  }
  const others = types.filter((type) => type !== 'null')
  const nullable = others.length < types.length ? { nullable: true } : {}
  const [only] = others
  if (only === undefined) return { ...convert(rest, walk), type: 'null' }
  if (others.length === 1) return { ...convert({ ...rest, type: only }, walk), ...nullable }
  const { title, description, default: byDefault, ...each } = rest
  const about = { title, description, default: byDefault }
  return {
    ...convertPlain(withoutAbsent(about), walk),
    anyOf: others.map((type) => convert({ ...each, type }, walk)),
    ...nullable,
  }
}

function convertAlternatives(schema: Node, alternatives: unknown, walk: Walk): GeminiSchema {
  const { anyOf: _, oneOf: __, ...rest } = schema
  if (!Array.isArray(alternatives) || alternatives.length === 0) {
    throw new SchemaProblem('anyOf must be a list of schemas')
  }
  const others = alternatives.filter((each) => !(isRecord(each) && each.type === 'null'))
  const nullable = others.length < alternatives.length ? { nullable: true } : {}
  const beside = convert(rest, walk)
  const [only] = others
  if (others.length > 1) {
    return { ...beside, anyOf: others.map((each) => convert(each, walk)), ...nullable }
  }
  return { ...(others.length === 1 ? merge(convert(only, walk), beside) : beside), ...nullable }
}

function convertPlain(schema: Node, walk: Walk): GeminiSchema {
  const result: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(schema)) {
    if (value === undefined) continue
    const is = Object.hasOwn(kept, key) ? kept[key] : undefined
    if (is === undefined) continue
    if (!is(value)) throw new SchemaProblem(`${key} has a value of the wrong type`)
    if (!Array.isArray(value) || value.length > 0) result[key] = value
  }
  const { type } = schema
  if (type !== undefined) {
    if (!isString(type)) throw new SchemaProblem('type must be a string or a list of strings')
    result.type = type
  }
  if (isString(schema.format) && (type !== 'string' || stringFormats.has(schema.format))) {
    result.format = schema.format
  }
  return withoutUnknownRequired({
    ...result,
    ...convertBounds(schema),
    ...convertEnum(schema),
    ...convertMembers(schema, walk),
  })
}

/** Of whole numbers the next one is meant; of others nothing comes closer. */
function convertBounds(schema: Node): GeminiSchema {
  const { exclusiveMinimum: above, exclusiveMaximum: below, type } = schema
  const step = type === 'integer' ? 1 : 0
  return {
    ...(isNumber(above) ? { minimum: Math.max(above + step, lower(schema.minimum)) } : {}),
    ...(isNumber(below) ? { maximum: Math.min(below - step, upper(schema.maximum)) } : {}),
  }
}

const lower = (value: unknown) => (isNumber(value) ? value : Number.NEGATIVE_INFINITY)
const upper = (value: unknown) => (isNumber(value) ? value : Number.POSITIVE_INFINITY)

/** Gemini takes texts, also where the values are numbers. */
function convertEnum(schema: Node): GeminiSchema {
  const values: unknown = Object.hasOwn(schema, 'const') ? [schema.const] : schema.enum
  if (values === undefined) return {}
  if (!Array.isArray(values)) throw new SchemaProblem('enum must be a list')
  const texts = values
    .filter((value: unknown) => value !== null)
    .map((value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)))
  return {
    ...(texts.length > 0 ? { enum: texts } : {}),
    ...(texts.length < values.length ? { nullable: true } : {}),
  }
}

function convertMembers({ items, properties }: Node, walk: Walk): GeminiSchema {
  const result: Record<string, GeminiSchema> = {}
  // `true` says nothing, and a list gives a schema for each place.
  if (Array.isArray(items)) result.items = convertAlternatives({}, items, walk)
  else if (items !== undefined && typeof items !== 'boolean') result.items = convert(items, walk)
  if (properties === undefined) return result
  if (!isRecord(properties)) throw new SchemaProblem('properties must be an object')
  const entries = Object.entries(properties)
  if (entries.length > 0) {
    result.properties = Object.fromEntries(
      entries.map(([name, property]) => [name, convert(property, walk)]),
    )
  }
  return result
}

/** Gemini rejects a schema that requires what it does not describe. */
function withoutUnknownRequired(schema: GeminiSchema): GeminiSchema {
  const { required, properties, ...rest } = schema
  if (!isStrings(required) || !isRecord(properties)) return schema
  const known = required.filter((name) => Object.hasOwn(properties, name))
  return { ...rest, properties, ...(known.length > 0 ? { required: known } : {}) }
}

function withoutAbsent(node: Node): Node {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined))
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value)
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isString)
}
