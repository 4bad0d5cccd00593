import { isRecord } from '../../json/is-record.ts'
import { rawJson } from '../../json/raw-json.ts'

/** Keywords that hold one schema, a list of them, or a map. */
const single = new Set(['items', 'additionalItems', 'contains', 'not', 'if', 'then', 'else'])
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'])
const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions'])

/**
 * The schema with `additionalProperties: false` in each object that does not say, for Anthropic takes
 * no other. `text` is how the schema is spelt, and stays so where it says it everywhere.
 */
export function closeObjects(schema: unknown, text: string): unknown {
  const closed = close(schema)
  return closed === schema ? rawJson(text) : closed
}

/** The very same value where there is nothing to close. */
function close(schema: unknown): unknown {
  if (!isRecord(schema)) return schema
  let changed = false
  const members = Object.entries(schema).map(([key, value]): [string, unknown] => {
    const next = closeMember(key, value)
    changed ||= next !== value
    return [key, next]
  })
  const open = isObjectSchema(schema) && schema.additionalProperties === undefined
  if (open) members.push(['additionalProperties', false])
  return open || changed ? Object.fromEntries(members) : schema
}

function closeMember(key: string, value: unknown): unknown {
  if (Array.isArray(value)) return lists.has(key) ? closeAll(value) : value
  if (single.has(key)) return close(value)
  if (!maps.has(key) || !isRecord(value)) return value
  const entries = Object.entries(value)
  const closed = closeAll(entries.map(([, schema]) => schema))
  const same = entries.every(([, schema], index) => schema === closed[index])
  return same ? value : Object.fromEntries(entries.map(([name], index) => [name, closed[index]]))
}

function closeAll(list: readonly unknown[]): readonly unknown[] {
  const closed = list.map(close)
  return closed.every((schema, index) => schema === list[index]) ? list : closed
}

function isObjectSchema({ type, properties }: Readonly<Record<string, unknown>>): boolean {
  if (type === undefined) return isRecord(properties)
  return type === 'object' || (Array.isArray(type) && type.includes('object'))
}
