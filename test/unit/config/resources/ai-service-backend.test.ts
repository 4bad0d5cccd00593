import { describe, expect, it } from 'vitest'
import { schemaNames } from '../../../../src/config/api-schema.ts'
import { workingSchemas } from '../../../../src/config/working.ts'
import { backend, complete, load, messages, said, serviceBackend } from '../support.ts'

const at = 'AIServiceBackend default/b: '

function withSchema(schema: object) {
  return load(complete(backend('b'), serviceBackend('b', { schema })))
}

describe('AIServiceBackend', () => {
  it.each([
    [{ name: 'OpenAI' }, { name: 'OpenAI' }],
    [
      { name: 'OpenAI', prefix: '/v1' },
      { name: 'OpenAI', prefix: 'v1' },
    ],
    [
      { name: 'OpenAI', prefix: 'api/v1/' },
      { name: 'OpenAI', prefix: 'api/v1' },
    ],
    [{ name: 'OpenAI', prefix: '' }, { name: 'OpenAI' }],
    [
      { name: 'OpenAI', prefix: '/' },
      { name: 'OpenAI', prefix: '/' },
    ],
    [
      { name: 'OpenAI', version: 'v1' },
      { name: 'OpenAI', prefix: 'v1' },
    ],
    [{ name: 'OpenAI', version: '', prefix: '' }, { name: 'OpenAI' }],
    [
      { name: 'OpenAI', version: 'v2', prefix: 'v3' },
      { name: 'OpenAI', prefix: 'v3' },
    ],
    [{ name: 'AWSBedrock' }, { name: 'AWSBedrock' }],
    [
      { name: 'AWSBedrock', version: 'x' },
      { name: 'AWSBedrock', version: 'x' },
    ],
  ])('with schema %j speaks %j', (schema, spoken) => {
    const result = withSchema(schema)
    expect(said(result)).toEqual([])
    expect(result.spec?.backends['default/b']?.schema).toEqual(spoken)
  })

  it('takes the version of an OpenAI schema for its prefix, with a warning', () => {
    const result = withSchema({ name: 'OpenAI', version: 'api/v1' })
    expect(result.spec?.backends['default/b']?.schema).toEqual({ name: 'OpenAI', prefix: 'api/v1' })
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'warning',
        path: 'spec.schema.version',
        message: `${at}spec.schema.version: schema OpenAI has no version; it is taken as prefix`,
        hint: 'write prefix: "api/v1"',
      },
    ])
  })

  it('warns of a prefix that has no effect', () => {
    expect(messages(withSchema({ name: 'AWSBedrock', prefix: 'v1' }))).toEqual([
      `${at}spec.schema.prefix: has no effect on schema AWSBedrock`,
    ])
  })

  it.each(schemaNames.filter((name) => !workingSchemas.has(name)))(
    'loads with schema %s, which does not work yet',
    (name) => {
      const result = withSchema({ name })
      expect(result.spec?.backends['default/b']?.schema).toEqual({ name })
      expect(result.diagnostics).toMatchObject([
        { severity: 'warning', code: 'unsupported.schema', path: 'spec.schema.name' },
      ])
    },
  )

  it('refuses other schemas', () => {
    expect(messages(withSchema({ name: 'X' }), 'error')).toEqual([
      `${at}spec.schema.name: Unsupported value: "X": supported values: "OpenAI", "Cohere", "AWSBedrock", "AzureOpenAI", "GCPVertexAI", "GCPAnthropic", "Anthropic", "AWSAnthropic"`,
    ])
  })

  it.each(['v1?x=1', 'a b', '../v1', 'a\\b', 'a\nb', '#'])('refuses the prefix %j', (prefix) => {
    expect(messages(withSchema({ name: 'OpenAI', prefix }), 'error')).toEqual([
      `${at}spec.schema.prefix: Invalid value: ${JSON.stringify(prefix)}: must be a path without a query`,
    ])
  })

  it.each([
    { name: 'b' },
    { name: 'b', kind: 'Service', group: '' },
    { name: 'b', kind: 'Backend' },
  ])('refuses the backendRef %j', (backendRef) => {
    const [message] = messages(
      load(complete(backend('b'), serviceBackend('b', { backendRef }))),
      'error',
    )
    expect(message).toMatch(
      /^AIServiceBackend default\/b: spec\.backendRef: BackendRef must be a Backend resource of Envoy Gateway/,
    )
  })

  it('says nothing of the old timeouts', () => {
    const timeouts = { request: '3m' }
    expect(said(load(complete(backend('b'), serviceBackend('b', { timeouts }))))).toEqual([])
  })

  it('needs its Backend', () => {
    const result = load(complete(serviceBackend('b')))
    expect(result.spec).toBeUndefined()
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'ref.missing',
        path: 'spec.backendRef.name',
        message: `${at}spec.backendRef.name: there is no Backend default/b`,
        hint: 'did you mean a?',
      },
    ])
  })

  it('keeps its mutations', () => {
    const headerMutation = { set: [{ name: 'X-A', value: '1' }], remove: [] }
    const { spec } = load(complete(backend('b'), serviceBackend('b', { headerMutation })))
    expect(spec?.backends['default/b']?.headerMutation).toEqual({
      set: [{ name: 'x-a', value: '1' }],
      remove: [],
    })
  })
})
