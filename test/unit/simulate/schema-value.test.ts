import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRecord } from '../../../src/json/is-record.ts'
import { makeValue } from '../../../src/simulate/schema-value.ts'

const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})

describe('keywords', () => {
  it.each<[string, unknown, unknown]>([
    ['const', { const: { a: 1 } }, { a: 1 }],
    ['const null', { const: null }, null],
    ['enum', { type: 'string', enum: ['x', 'y'] }, 'x'],
    ['default', { type: 'integer', default: 7 }, 7],
    ['default of another type', { type: 'string', default: null }, 'some value'],
    ['string', { type: 'string' }, 'some value'],
    ['minLength', { type: 'string', minLength: 13 }, 'some value...'],
    ['maxLength', { type: 'string', maxLength: 3 }, 'som'],
    ['boolean', { type: 'boolean' }, true],
    ['null', { type: 'null' }, null],
    ['integer', { type: 'integer' }, 1],
    ['number', { type: 'number' }, 1],
    ['minimum', { type: 'integer', minimum: 4.5 }, 5],
    ['exclusiveMinimum', { type: 'integer', exclusiveMinimum: 4 }, 5],
    ['exclusiveMinimum of draft 4', { type: 'integer', minimum: 4, exclusiveMinimum: true }, 5],
    ['maximum', { type: 'integer', maximum: -3 }, -3],
    ['exclusiveMaximum', { type: 'integer', exclusiveMaximum: -3 }, -4],
    ['a narrow number', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 }, 0.25],
    ['multipleOf', { type: 'integer', minimum: 8, multipleOf: 5 }, 10],
    ['multipleOf below a maximum', { type: 'integer', maximum: -1, multipleOf: 5 }, -5],
    ['a list of types', { type: ['null', 'integer'] }, 1],
    ['no type', {}, 'some value'],
    ['true', true, 'some value'],
    ['an array', { type: 'array', items: { type: 'integer' } }, [1]],
    ['minItems', { type: 'array', items: { type: 'integer' }, minItems: 3 }, [1, 1, 1]],
    ['maxItems', { type: 'array', items: {}, maxItems: 0 }, []],
    [
      'uniqueItems',
      { type: 'array', items: { type: 'integer' }, minItems: 3, uniqueItems: true },
      [1, 2, 3],
    ],
    [
      'unique values of an enum',
      { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, uniqueItems: true },
      ['a', 'b'],
    ],
    [
      'prefixItems',
      { type: 'array', prefixItems: [{ const: 1 }, { const: 'b' }], items: false },
      [1, 'b'],
    ],
    ['a tuple of draft 7', { type: 'array', items: [{ const: 1 }, { const: 2 }] }, [1, 2]],
    [
      'properties',
      object({ a: { type: 'integer' }, b: { type: 'string' } }),
      { a: 1, b: 'some b' },
    ],
    ['only what is required', object({ a: { const: 1 }, b: { const: 2 } }, ['b']), { b: 2 }],
    [
      'all where nothing is required',
      { properties: { a: { const: 1 }, b: { const: 2 } } },
      { a: 1, b: 2 },
    ],
    ['required without properties', { type: 'object', required: ['a'] }, { a: 'some a' }],
    [
      'additionalProperties',
      { type: 'object', required: ['a'], additionalProperties: { type: 'integer' } },
      { a: 1 },
    ],
    [
      'minProperties',
      { type: 'object', minProperties: 2, additionalProperties: { type: 'integer' } },
      { key1: 1, key2: 1 },
    ],
    ['nesting', object({ a: object({ b: object({ c: { const: 1 } }) }) }), { a: { b: { c: 1 } } }],
    ['anyOf', { anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    ['something rather than null', { anyOf: [{ type: 'null' }, { type: 'integer' }] }, 1],
    ['null where there is nothing else', { anyOf: [false, { type: 'null' }] }, null],
    [
      'oneOf beside properties',
      {
        type: 'object',
        properties: { a: { const: 1 }, b: { const: 2 } },
        oneOf: [{ required: ['b'] }, { required: ['a'] }],
      },
      { b: 2 },
    ],
    [
      'a branch that fits the type',
      { type: 'string', anyOf: [{ type: 'integer' }, { const: 'c' }] },
      'c',
    ],
    [
      'allOf',
      {
        allOf: [
          object({ a: { type: 'integer', minimum: 3 } }),
          object({ a: { minimum: 5 }, b: { const: 2 } }),
        ],
      },
      { a: 5, b: 2 },
    ],
    ['the tighter of two bounds', { type: 'integer', minimum: 9, allOf: [{ minimum: 3 }] }, 9],
    [
      'an integer that is a number too',
      { type: 'number', allOf: [{ type: 'integer', minimum: 1.5 }] },
      2,
    ],
    [
      '$ref',
      { $defs: { id: { type: 'integer', minimum: 3 } }, ...object({ a: { $ref: '#/$defs/id' } }) },
      { a: 3 },
    ],
    [
      '$ref with something beside it',
      { $defs: { id: { type: 'integer' } }, $ref: '#/$defs/id', minimum: 8 },
      8,
    ],
    [
      '$ref through escapes',
      { definitions: { 'a/b c~': { const: 1 } }, $ref: '#/definitions/a~1b%20c~0' },
      1,
    ],
    ['$ref to nowhere', { $ref: '#/$defs/none' }, 'some value'],
    ['$ref to elsewhere', { $ref: 'https://example.com/schema' }, 'some value'],
    [
      '$ref through a list',
      {
        anyOf: [{ const: 5 }],
        properties: {},
        $defs: { a: { $ref: '#/anyOf/0' } },
        type: 'integer',
      },
      5,
    ],
  ])('follows %s', (_, schema, value) => {
    expect(makeValue(schema)).toEqual(value)
  })

  it.each([
    ['date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
    ['date', /^\d{4}-\d\d-\d\d$/],
    ['time', /^\d\d:\d\d:\d\dZ$/],
    ['duration', /^PT\d+H$/],
    ['email', /^\w+@example\.com$/],
    ['hostname', /^\w+\.example\.com$/],
    ['ipv4', /^192\.0\.2\.\d+$/],
    ['ipv6', /^2001:db8::\w+$/],
    ['uri', /^https:\/\/example\.com\/\d+$/],
    ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/],
    ['a format of nobody', /^some value$/],
    ['constructor', /^some value$/],
  ])('writes a string of format %s', (format, pattern) => {
    const schema = { type: 'array', items: { type: 'string', format }, minItems: 2 }
    for (const value of makeValue(schema) as unknown[]) expect(value).toMatch(pattern)
  })
})

describe('schemas without an end', () => {
  const tree = {
    $defs: {
      node: object({
        value: { type: 'integer' },
        left: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        children: { type: 'array', items: { $ref: '#/$defs/node' } },
      }),
    },
    $ref: '#/$defs/node',
  }

  it('ends a recursive schema with a value that conforms', () => {
    const value = makeValue(tree)
    expect(violations(value, tree, tree)).toEqual([])
    expect(JSON.stringify(value).length).toBeLessThan(100_000)
  })

  it.each([
    ['a reference to itself', { $ref: '#' }],
    [
      'a circle of references',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' },
    ],
    ['a circle through allOf', { allOf: [{ $ref: '#' }] }],
    ['a demand for itself, twice', { ...object({ a: { $ref: '#' }, b: { $ref: '#' } }) }],
    ['a list of lists', { type: 'array', minItems: 64, items: { $ref: '#' } }],
    [
      'a demand for very much',
      { type: 'array', minItems: 1e12, items: { type: 'string', minLength: 1e12 } },
    ],
  ])('gives up on %s', (_, schema) => {
    expect(JSON.stringify(makeValue(schema)).length).toBeLessThan(2_000_000)
  })
})

describe('hostile names', () => {
  it('makes a property named __proto__ like any other', () => {
    const schema: unknown = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"const":{"a":1}}},"required":["__proto__","constructor"]}',
    )
    const value = makeValue(schema)
    expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1},"constructor":"some constructor"}')
  })

  it.each([
    null,
    1,
    'x',
    [],
    { type: 'odd' },
    { type: 5 },
    { enum: [] },
    { properties: 1, required: 'x', type: 'object' },
  ])('makes something of %j', (schema) => {
    expect(makeValue(schema)).toBeDefined()
  })
})

it('makes values that conform, whatever the schema', () => {
  fc.assert(
    fc.property(schemas(), (schema) => {
      const value = makeValue(schema)
      expect(violations(value, schema, schema)).toEqual([])
      expect(makeValue(schema)).toEqual(value)
    }),
    { numRuns: 500 },
  )
})

/** Random schemas that some value conforms to. */
function schemas(): fc.Arbitrary<Record<string, unknown>> {
  const bounds = fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 2, max: 60 }))
    .map(([low, span]) => ({ low, high: low + span }))
  const { schema } = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { enum: ['a', 2] }, { const: 'c' }),
      bounds.map(({ low, high }) => ({ type: 'integer', minimum: low, exclusiveMaximum: high })),
      bounds.map(({ low, high }) => ({ type: 'number', exclusiveMinimum: low, maximum: high })),
      fc.integer({ min: 0, max: 12 }).map((minLength) => ({
        type: 'string',
        minLength,
        maxLength: minLength + 2,
      })),
      fc.tuple(tie('schema'), fc.integer({ min: 0, max: 3 })).map(([items, minItems]) => ({
        type: 'array',
        items,
        minItems,
        maxItems: minItems + 1,
      })),
      fc
        .tuple(
          fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('schema'), {
            noNullPrototype: false,
          }),
          fc.boolean(),
        )
        .map(([properties, all]) => ({
          type: 'object',
          properties,
          required: all ? Object.keys(properties) : Object.keys(properties).slice(0, 1),
          additionalProperties: false,
        })),
      fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
      tie('schema').map((part) => ({ allOf: [part] })),
    ),
  }))
  return schema
}

/** A plain reading of the keywords that the schemas here use. */
function violations(value: unknown, schema: unknown, root: unknown): string[] {
  if (!isRecord(schema)) return schema === false ? ['nothing conforms'] : []
  const found: string[] = []
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(`${what}: ${JSON.stringify(value)}`)
  }
  const number = (key: string, absent: number) => {
    const given = schema[key]
    return typeof given === 'number' ? given : absent
  }
  const same = (other: unknown) => JSON.stringify(other) === JSON.stringify(value)
  if (Object.hasOwn(schema, 'const')) must(same(schema['const']), 'const')
  if (Array.isArray(schema['enum'])) must(schema['enum'].some(same), 'enum')
  if (typeof schema['type'] === 'string') must(hasType(value, schema['type']), schema['type'])
  if (typeof value === 'number') {
    must(value >= number('minimum', -Infinity), 'minimum')
    must(value > number('exclusiveMinimum', -Infinity), 'exclusiveMinimum')
    must(value <= number('maximum', Infinity), 'maximum')
    must(value < number('exclusiveMaximum', Infinity), 'exclusiveMaximum')
  }
  if (typeof value === 'string') {
    must(value.length >= number('minLength', 0), 'minLength')
    must(value.length <= number('maxLength', Infinity), 'maxLength')
  }
  if (Array.isArray(value)) {
    must(value.length >= number('minItems', 0), 'minItems')
    must(value.length <= number('maxItems', Infinity), 'maxItems')
    for (const item of value) found.push(...violations(item, schema['items'], root))
  }
  if (isRecord(value)) {
    const properties = isRecord(schema['properties']) ? schema['properties'] : {}
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    for (const name of required) must(Object.hasOwn(value, name), `required ${name}`)
    for (const [name, part] of Object.entries(value)) {
      const known = Object.hasOwn(properties, name)
      found.push(
        ...violations(part, known ? properties[name] : schema['additionalProperties'], root),
      )
    }
  }
  for (const part of (schema['allOf'] as unknown[]) ?? [])
    found.push(...violations(value, part, root))
  if (Array.isArray(schema['anyOf'])) {
    const fits = schema['anyOf'].some((part) => violations(value, part, root).length === 0)
    must(fits, 'anyOf')
  }
  if (typeof schema['$ref'] === 'string' && isRecord(root) && isRecord(root['$defs'])) {
    found.push(...violations(value, root['$defs'][schema['$ref'].slice('#/$defs/'.length)], root))
  }
  return found
}

function hasType(value: unknown, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isRecord(value)
  return typeof value === type
}
