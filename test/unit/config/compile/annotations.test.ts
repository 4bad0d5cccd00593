import { expect, it } from 'vitest'
import { complete, load, resource, route, toA } from '../support.ts'

const annotated = (kind: string, annotation: string, rest: object = {}) => ({
  ...resource(kind, 'x', rest),
  metadata: { name: 'x', annotations: { [annotation]: 'true' } },
})
const rest = { Secret: { stringData: { apiKey: 'v' } }, AIGatewayRoute: { spec: { rules: [toA] } } }

it.each([
  ['Secret', 'substitution.aigw.run/evn/apiKey', 'did you mean substitution.aigw.run/env/apiKey?'],
  ['Secret', 'substitution.aigw.io/env/apiKey', 'did you mean substitution.aigw.run/env/apiKey?'],
  ['AIGatewayRoute', 'aigw.run/auto-falback', 'did you mean aigw.run/auto-fallback?'],
  ['Secret', 'aigw.run/auto-fallback', undefined],
] as const)('warns of an annotation of a %s that is none: %s', (kind, annotation, hint) => {
  const { diagnostics } = load(complete(route([toA]), annotated(kind, annotation, rest[kind])))
  const found = diagnostics.filter(({ code }) => code === 'ignored.annotation')
  expect(found).toEqual([
    expect.objectContaining({
      severity: 'warning',
      path: `metadata.annotations[${JSON.stringify(annotation)}]`,
      ...(hint === undefined ? {} : { hint }),
    }),
  ])
})

it.each([
  ['Secret', 'kubectl.kubernetes.io/last-applied-configuration'],
  ['Secret', 'substitution.aigw.run/env/apiKey'],
  ['AIGatewayRoute', 'aigw.run/auto-fallback'],
  ['AIGatewayRoute', 'owner'],
] as const)('says nothing of others: %s %s', (kind, annotation) => {
  const { diagnostics } = load(complete(route([toA]), annotated(kind, annotation, rest[kind])))
  expect(diagnostics.filter(({ code }) => code === 'ignored.annotation')).toEqual([])
})
