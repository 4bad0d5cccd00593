// Google's own form of schemas: https://cloud.google.com/vertex-ai/docs/reference/rest/v1/Schema
import { isRecord } from '../json/is-record.ts'
import { rejectAsGoogle } from './google-error.ts'

/** What Google's own schemas may say. */
const schemaMembers: ReadonlySet<string> = new Set([
  ...[
    'type',
    'format',
    'title',
    'description',
    'nullable',
    'default',
    'example',
    'enum',
    'pattern',
  ],
  ...['items', 'minItems', 'maxItems', 'properties', 'propertyOrdering', 'required', 'anyOf'],
  ...['minProperties', 'maxProperties', 'minimum', 'maximum', 'minLength', 'maxLength'],
])

/** Throws a `Rejection` for a keyword that Google does not have. */
export function checkSchema(schema: unknown, path: string): void {
  if (!isRecord(schema)) return
  for (const name of Object.keys(schema)) {
    if (schemaMembers.has(name)) continue
    rejectAsGoogle(
      `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`,
    )
  }
  checkSchema(schema.items, `${path}.items`)
  const { properties, anyOf } = schema
  if (isRecord(properties)) {
    for (const [name, property] of Object.entries(properties)) {
      checkSchema(property, `${path}.properties[${name}]`)
    }
  }
  if (!Array.isArray(anyOf)) return
  for (const [index, each] of anyOf.entries()) checkSchema(each, `${path}.any_of[${index}]`)
}

/** Google writes `STRING`, and takes `string` too. */
export function lowerTypes(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(lowerTypes)
  if (!isRecord(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === 'type' && typeof value === 'string' ? value.toLowerCase() : lowerTypes(value),
    ]),
  )
}
