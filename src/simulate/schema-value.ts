// A value that conforms to a JSON schema, as small as it can be without being dull. Deterministic.
// https://json-schema.org/draft/2020-12/json-schema-validation (no pattern, not, if: they need a solver)
import { isRecord } from '../json/is-record.ts'
import { flattenSchema, type Schema, typesOf } from './schema-flatten.ts'

/** From this depth on, only what the schema demands is made: that is what ends recursive schemas. */
const deepFrom = 6
/** Demands without an end stop here. */
const maxDepth = 24
const maxNodes = 2_000
const maxItems = 64
const maxCharacters = 10_000

/** Where in the value we are. */
interface Place {
  readonly depth: number
  /** Counts equals in a list, so that they can be told apart. */
  readonly nth: number
  /** The property's name. */
  readonly name: string
}

/** Makes a value of the schema, which may be anything: what is not a schema allows all. */
export function makeValue(schema: unknown): unknown {
  let nodesLeft = maxNodes
  return make(schema, { depth: 0, nth: 0, name: 'value' })

  function make(part: unknown, place: Place): unknown {
    if (--nodesLeft < 0 || place.depth > maxDepth) return null
    const flat = flattenSchema(part, schema, place.depth >= deepFrom || nodesLeft < maxNodes / 2)
    if (Object.hasOwn(flat, 'const')) return flat.const
    const values = flat.enum
    if (Array.isArray(values) && values.length > 0) return values[place.nth % values.length]
    const types = typesOf(flat)
    const type = types.find((name) => name !== 'null') ?? types[0]
    if (place.nth === 0 && isUsableDefault(flat, types)) return flat.default
    switch (type) {
      case 'null':
        return null
      case 'boolean':
        return place.nth % 2 === 0
      case 'integer':
        return makeInteger(flat, place.nth)
      case 'number':
        return makeNumber(flat, place.nth)
      case 'array':
        return makeArray(flat, place)
      case 'object':
        return makeObject(flat, place)
      default:
        return makeString(flat, place)
    }
  }

  function makeArray(flat: Schema, place: Place): unknown[] {
    const tuple = [flat.prefixItems, flat.items].find(Array.isArray) ?? []
    const items = Array.isArray(flat.items) ? flat.additionalItems : flat.items
    const wanted = place.depth >= deepFrom || items === false ? tuple.length : tuple.length || 1
    const least = Math.max(numberOf(flat, 'minItems') ?? 0, wanted)
    const length = Math.min(least, numberOf(flat, 'maxItems') ?? maxItems, maxItems)
    return Array.from({ length }, (_, index) => {
      const nth = flat.uniqueItems === true ? index : 0
      const item = index < tuple.length ? tuple[index] : items
      return make(item, { depth: place.depth + 1, nth, name: place.name })
    })
  }

  function makeObject(flat: Schema, place: Place): Record<string, unknown> {
    const properties = isRecord(flat.properties) ? flat.properties : {}
    const rest = flat.additionalProperties
    const names = new Set<string>(requiredOf(flat))
    // What is optional is often exclusive too: it comes only where there would be nothing else.
    if (names.size === 0 && place.depth < deepFrom) {
      for (const name of Object.keys(properties)) if (properties[name] !== false) names.add(name)
    }
    const least = Math.min(numberOf(flat, 'minProperties') ?? 0, maxItems)
    for (const name of Object.keys(properties)) if (names.size < least) names.add(name)
    for (let count = 1; names.size < least && rest !== false; count++) names.add(`key${count}`)
    // fromEntries, since an assignment to a property `__proto__` would not make one.
    return Object.fromEntries(
      Array.from(names, (name) => {
        const part = Object.hasOwn(properties, name) ? properties[name] : rest
        return [name, make(part, { depth: place.depth + 1, nth: place.nth, name })]
      }),
    )
  }
}

function isUsableDefault(flat: Schema, types: readonly string[]): boolean {
  if (!Object.hasOwn(flat, 'default')) return false
  const value = flat.default
  return types.length === 0 || types.some((type) => isOfType(value, type))
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isRecord(value)
    default:
      return typeof value === type
  }
}

function requiredOf(flat: Schema): string[] {
  const required = flat.required
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

function numberOf(flat: Schema, key: string): number | undefined {
  const value = flat[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The bounds of a number, with those that must not be met themselves. */
function boundsOf(flat: Schema) {
  const least = numberOf(flat, 'minimum') ?? -Infinity
  const most = numberOf(flat, 'maximum') ?? Infinity
  // In draft 4, which OpenAPI 3.0 speaks, `true` makes the other bound exclusive.
  const above = numberOf(flat, 'exclusiveMinimum') ?? -Infinity
  const below = numberOf(flat, 'exclusiveMaximum') ?? Infinity
  return {
    low: Math.max(least, above),
    high: Math.min(most, below),
    openLow: above >= least || flat.exclusiveMinimum === true,
    openHigh: below <= most || flat.exclusiveMaximum === true,
  }
}

function makeInteger(flat: Schema, nth: number): number {
  const { low, high, openLow, openHigh } = boundsOf(flat)
  const least = openLow ? Math.floor(low) + 1 : Math.ceil(low)
  const most = openHigh ? Math.ceil(high) - 1 : Math.floor(high)
  return toMultiple(flat, Math.max(1, least), most, least, nth)
}

function makeNumber(flat: Schema, nth: number): number {
  const { low, high, openLow, openHigh } = boundsOf(flat)
  const fits = (value: number) =>
    (openLow ? value > low : value >= low) && (openHigh ? value < high : value <= high)
  const candidates = [
    toMultiple(flat, Math.max(1, openLow ? low + 1 : low), high, low, nth),
    low + (high - low) / (2 + nth),
    high - 1 - nth,
    low,
  ]
  return candidates.find((value) => Number.isFinite(value) && fits(value)) ?? 0
}

/** The `nth` multiple from `start` upwards; where that is above `most`, downwards from there. */
function toMultiple(flat: Schema, start: number, most: number, least: number, nth: number): number {
  const given = numberOf(flat, 'multipleOf')
  const step = given !== undefined && given > 0 ? given : 1
  const origin = given === undefined ? start : Math.ceil(start / step) * step
  const upwards = origin + nth * step
  if (upwards <= most) return upwards
  const top = given === undefined ? most : Math.floor(most / step) * step
  const downwards = top - nth * step
  return downwards >= least ? downwards : top
}

const formats: Readonly<Record<string, (nth: number) => string>> = {
  'date-time': (nth) => `2026-01-${twoDigits(nth)}T12:00:00Z`,
  date: (nth) => `2026-01-${twoDigits(nth)}`,
  time: (nth) => `12:${twoDigits(nth)}:00Z`,
  duration: (nth) => `PT${nth + 1}H`,
  email: (nth) => `person${nth + 1}@example.com`,
  'idn-email': (nth) => `person${nth + 1}@example.com`,
  hostname: (nth) => `host${nth + 1}.example.com`,
  'idn-hostname': (nth) => `host${nth + 1}.example.com`,
  ipv4: (nth) => `192.0.2.${nth + 1}`,
  ipv6: (nth) => `2001:db8::${(nth + 1).toString(16)}`,
  uri: (nth) => `https://example.com/${nth + 1}`,
  'uri-reference': (nth) => `/${nth + 1}`,
  iri: (nth) => `https://example.com/${nth + 1}`,
  'iri-reference': (nth) => `/${nth + 1}`,
  uuid: (nth) => `00000000-0000-4000-8000-${(nth + 1).toString(16).padStart(12, '0')}`,
  'json-pointer': (nth) => `/${nth + 1}`,
  regex: (nth) => `a{${nth + 1}}`,
}

function makeString(flat: Schema, { name, nth }: Place): string {
  const format = flat.format
  if (typeof format === 'string' && Object.hasOwn(formats, format)) {
    const made = formats[format]?.(nth)
    if (made !== undefined) return made
  }
  const least = Math.min(numberOf(flat, 'minLength') ?? 0, maxCharacters)
  const most = Math.min(numberOf(flat, 'maxLength') ?? maxCharacters, maxCharacters)
  // The number stands in front, where no limit cuts it off before all else.
  const text = Array.from(nth === 0 ? `some ${name}` : `${nth + 1} ${name}`)
  while (text.length < least) text.push('.')
  return text.slice(0, most).join('')
}

function twoDigits(nth: number): string {
  return String((nth % 28) + 1).padStart(2, '0')
}
