import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { convertSchema, SchemaProblem } from '../../../../src/convert/chat-to-gemini/json-schema.ts'
import { checkSchema } from '../../../../src/simulate/gemini-schema.ts'

describe('a schema for an older Gemini', () => {
  it('ends where references double at each level', () => {
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => {
        const next = { $ref: `#/$defs/l${level + 1}` }
        return [`l${level}`, { type: 'object', properties: { a: next, b: next } }]
      }),
    )
    const schema = { $ref: '#/$defs/l0', $defs: { ...levels, l40: { type: 'string' } } }
    expect(() => convertSchema(schema)).toThrow('too large once its references are put in')
  })

  it('ends where it is nested beyond all use', () => {
    let schema: Record<string, unknown> = { type: 'string' }
    for (let level = 0; level < 200; level++) schema = { type: 'array', items: schema }
    expect(() => convertSchema(schema)).toThrow('nested deeper than 100 levels')
  })

  it('cuts a cycle, also one of the root with itself', () => {
    const schema = {
      type: 'object',
      properties: { child: { $ref: '#' }, name: { type: 'string' } },
    }
    expect(convertSchema(schema)).toEqual({
      type: 'object',
      properties: {
        child: {
          type: 'object',
          properties: { child: { type: 'object' }, name: { type: 'string' } },
        },
        name: { type: 'string' },
      },
    })
  })

  it('has no member that Google does not know, whatever goes in', () => {
    const names = ['type', 'properties', 'items', 'anyOf', 'oneOf', 'allOf', 'enum', 'const']
      .concat(['required', 'format', 'minimum', 'exclusiveMaximum', '$defs', 'default', 'not'])
      .concat(['additionalProperties', 'nullable', 'minLength', 'patternProperties', '$id'])
    const { node } = fc.letrec((tie) => ({
      node: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 6 }),
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<unknown>('string', 'null', 'object', 1, -1, true, null, 'date-time'),
        fc.array(fc.constantFrom<unknown>('string', 'null', 1), { maxLength: 3 }),
        fc.array(tie('node'), { maxLength: 3 }),
        tie('node'),
      ),
    }))
    fc.assert(
      fc.property(node, (schema) => {
        try {
          checkSchema(convertSchema(schema as Record<string, unknown>), 'schema')
        } catch (error) {
          expect(error).toBeInstanceOf(SchemaProblem)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
