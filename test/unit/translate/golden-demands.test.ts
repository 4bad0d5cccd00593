// Walks the table of translators: every cell has a golden case of every kind that its endpoint has.
import { describe, expect, it } from 'vitest'
import { type SchemaName, schemaNames } from '../../../src/config/api-schema.ts'
import type { EndpointId } from '../../../src/endpoints/index.ts'
import { translators } from '../../../src/translate/index.ts'
import { listGoldenCases } from '../../support/golden.ts'
import { demands, groups } from '../../support/golden-demands.ts'
import { type GoldenFacts, readFacts } from '../../support/golden-facts.ts'
import type { Kind } from '../../support/golden-kinds.ts'

const cells = Object.entries(translators).flatMap(([endpoint, row]) => {
  const facts = listGoldenCases(endpoint).map(readFacts)
  return schemaNames
    .filter((schema) => schema in row)
    .map((schema) => ({
      // The cast: the table's rows are the endpoints.
      endpoint: endpoint as EndpointId,
      schema,
      cases: facts.filter((each) => each.schema === schema),
    }))
})

function kindsOf(endpoint: EndpointId, schema: SchemaName): readonly Kind[] {
  const demanded = demands[endpoint](schema)
  return groups.flatMap((group) => {
    const kinds = demanded[group]
    return typeof kinds === 'string' ? [] : kinds
  })
}

const has = (cases: readonly GoldenFacts[], kind: Kind) => cases.some((facts) => kind.holds(facts))

describe.each(cells)('$endpoint at $schema', ({ endpoint, schema, cases }) => {
  it('has a case of every kind', () => {
    const missing = kindsOf(endpoint, schema)
      .filter((kind) => !has(cases, kind))
      .map(({ name }) => name)
    expect(missing).toEqual([])
  })
})

it('tells kinds apart: none holds for all cases of an endpoint', () => {
  const blind = cells.flatMap(({ endpoint, schema }) => {
    const all = cells.filter((cell) => cell.endpoint === endpoint).flatMap((cell) => cell.cases)
    return kindsOf(endpoint, schema).filter((kind) => all.every((facts) => kind.holds(facts)))
  })
  expect(blind.map(({ name }) => name)).toEqual([])
})

it('gives a reason for every group that an endpoint has not', () => {
  const wordless = cells.flatMap(({ endpoint, schema }) =>
    groups.filter((group) => demands[endpoint](schema)[group].length === 0),
  )
  expect(wordless).toEqual([])
})
