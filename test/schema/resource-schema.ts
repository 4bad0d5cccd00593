// A JSON Schema of every kind, for editors: made of the schemas that read resources.
import { type ConversionConfig, toJsonSchema } from '@valibot/to-json-schema'
import type * as v from 'valibot'
import { groupVersions } from '../../src/config/groups.ts'
import { resourceKinds } from '../../src/config/resources/index.ts'
import { isRecord } from '../../src/json/is-record.ts'

type JsonSchema = ReturnType<typeof toJsonSchema>

/** A variable may stand for any value: `port: ${PORT}`. */
const variable: JsonSchema = { type: 'string', pattern: '\\$' }

const conversion: ConversionConfig = {
  typeMode: 'input',
  // Checks that JSON Schema has no words for are left to `aigw validate`.
  errorMode: 'ignore',
  overrideSchema({ valibotSchema, jsonSchema }) {
    const { type } = valibotSchema
    if (type === 'object') return { ...jsonSchema, additionalProperties: false }
    const isRestricted =
      ['boolean', 'integer', 'number'].includes(String(jsonSchema.type)) ||
      jsonSchema.enum !== undefined ||
      jsonSchema.pattern !== undefined
    return isRestricted ? { anyOf: [jsonSchema, variable] } : undefined
  },
}

/** Marks become what an editor shows; what only the loader reads goes. */
function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy)
  if (!isRecord(value)) return value
  const { advice: _, mark, ...rest } = value
  const entries = Object.entries(rest).filter(
    ([, member]) => !(Array.isArray(member) && member.length === 0),
  )
  const tidied = Object.fromEntries(entries.map(([key, member]) => [key, tidy(member)]))
  return isRecord(mark) && typeof mark.text === 'string'
    ? { ...tidied, description: mark.text }
    : tidied
}

/** Each kind's own type is too deep to follow for the compiler. */
const kinds = resourceKinds as unknown as Readonly<
  Record<string, { readonly group: string; readonly schema: v.GenericSchema }>
>

/** Draft 7, which editors know best. */
export function makeResourceSchema(): JsonSchema {
  const definitions: Record<string, JsonSchema> = {}
  for (const [kind, { group, schema }] of Object.entries(kinds)) {
    const { $schema: _, ...definition } = toJsonSchema(schema, conversion)
    const versions = (groupVersions[group] ?? []).map((version) =>
      group === '' ? version : `${group}/${version}`,
    )
    const { metadata } = definition.properties ?? {}
    if (typeof metadata === 'object') definitions.metadata = metadata
    definitions[kind] = {
      ...definition,
      properties: {
        ...definition.properties,
        apiVersion: { enum: versions },
        kind: { const: kind },
        metadata: { $ref: '#/definitions/metadata' },
      },
      required: ['apiVersion', 'kind', 'metadata'],
    }
  }
  const names = Object.keys(kinds)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Resources of aigw',
    type: 'object',
    properties: { kind: { anyOf: [{ enum: names }, { type: 'string' }] } },
    required: ['kind'],
    allOf: names.map((kind) => ({
      if: { properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema.
      then: { $ref: `#/definitions/${kind}` },
    })),
    definitions,
  }
}

/** As it stands in `defaults/aigw.schema.json`. */
export function writeResourceSchema(): string {
  return `${JSON.stringify(tidy(makeResourceSchema()), null, 1)}\n`
}
