import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { resourceKinds } from '../../src/config/resources/index.ts'
import { makeResourceSchema, writeResourceSchema } from './resource-schema.ts'

const defaults = resolve(import.meta.dirname, '../../defaults')

describe('defaults/aigw.schema.json', () => {
  it('is what the schemas make (else: npm run schema)', () => {
    expect(readFileSync(resolve(defaults, 'aigw.schema.json'), 'utf8')).toBe(writeResourceSchema())
  })

  it('stands beside the configuration whose first line points to it', () => {
    const [first] = readFileSync(resolve(defaults, 'aigw.yaml'), 'utf8').split('\n')
    expect(first).toBe('# yaml-language-server: $schema=aigw.schema.json')
    expect(readdirSync(defaults)).toContain('aigw.schema.json')
  })

  it('knows every kind', () => {
    const { definitions = {} } = makeResourceSchema()
    expect(Object.keys(definitions)).toEqual(expect.arrayContaining(Object.keys(resourceKinds)))
  })

  it('takes the built-in configuration, and not its slips', () => {
    const text = readFileSync(resolve(defaults, 'aigw.yaml'), 'utf8')
    const schema: Schema = JSON.parse(writeResourceSchema())
    const resources = parseAllDocuments(text).map((document) => document.toJS())
    expect(resources.flatMap((resource) => problemsOf(schema, resource))).toEqual([])
    const slips = parseAllDocuments(
      text
        .replace('backendRefs:', 'backendRef:')
        .replace('port: 1975', 'port: "1975"')
        .replace('name: AWSBedrock', 'name: Bedrock'),
    ).map((document) => document.toJS())
    expect(slips.flatMap((resource) => problemsOf(schema, resource)).sort()).toEqual([
      'AIGatewayRoute.spec.rules.0.backendRef: unknown',
      'AIServiceBackend.spec.schema.name: not any of',
      'Gateway.spec.listeners.0.port: not any of',
    ])
  })
})

interface Schema {
  readonly [word: string]: unknown
  readonly definitions?: Readonly<Record<string, Schema>>
}

/** As much of a validator as the schema's words need. */
function problemsOf(root: Schema, resource: Readonly<Record<string, unknown>>): string[] {
  const kind = String(resource.kind)
  const check = (schema: Schema, value: unknown, path: string): string[] => {
    const { $ref, type, anyOf, pattern } = schema
    if (typeof $ref === 'string') {
      return check(root.definitions?.[$ref.replace('#/definitions/', '')] ?? {}, value, path)
    }
    if (Array.isArray(anyOf)) {
      const fits = anyOf.some((one) => check(one, value, path).length === 0)
      return fits ? [] : [`${path}: not any of`]
    }
    if ('const' in schema && schema.const !== value) return [`${path}: not ${schema.const}`]
    if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return [`${path}: not listed`]
    const actual = Array.isArray(value) ? 'array' : typeof value
    if (typeof type === 'string' && type.replace('integer', 'number') !== actual) {
      return [`${path}: no ${type}`]
    }
    if (typeof pattern === 'string' && !new RegExp(pattern).test(String(value))) {
      return [`${path}: does not match`]
    }
    if (Array.isArray(value)) {
      const items = (schema.items ?? {}) as Schema
      return value.flatMap((item, index) => check(items, item, `${path}.${index}`))
    }
    if (typeof value !== 'object' || value === null) return []
    const properties = (schema.properties ?? {}) as Readonly<Record<string, Schema>>
    const required = (schema.required ?? []) as readonly string[]
    const missing = required.filter((name) => !(name in value))
    return [
      ...missing.map((name) => `${path}.${name}: missing`),
      ...Object.entries(value).flatMap(([name, member]) => {
        const property = properties[name]
        if (property !== undefined) return check(property, member, `${path}.${name}`)
        return schema.additionalProperties === false ? [`${path}.${name}: unknown`] : []
      }),
    ]
  }
  return check(root.definitions?.[kind] ?? {}, resource, kind)
}
