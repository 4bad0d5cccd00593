// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables are what is tested.
import { describe, expect, it } from 'vitest'
import { complete, load, messages, resource, route, said, toA } from './support.ts'

describe('values of the wrong type', () => {
  const routeText = (rule: string) => `
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata:
  name: r
spec:
  parentRefs: [{name: gw}]
  rules:
${rule}`

  it.each([
    [
      '    - backendRefs: a',
      '16:20 error schema.type: AIGatewayRoute default/r: spec.rules[0].backendRefs: expected array, got string',
    ],
    [
      '    - backendRefs:\n        name: a',
      '16:7 error schema.type: AIGatewayRoute default/r: spec.rules[0].backendRefs: expected array, got object',
    ],
    [
      '    - backendRefs: [a]',
      '16:21 error schema.type: AIGatewayRoute default/r: spec.rules[0].backendRefs[0]: expected object, got string',
    ],
    [
      '    - backendRefs: [{name: a, weight: "1"}]',
      '16:39 error schema.type: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].weight: expected number, got string',
    ],
    [
      '    - backendRefs: [{name: 5}]',
      '16:28 error schema.type: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].name: expected string, got number',
    ],
    [
      '    - backendRefs: [{name: a, weight: 1.5}]',
      '16:39 error schema.value: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].weight: Invalid value: 1.5: must be a whole number greater than or equal to 0',
    ],
    [
      '    - backendRefs: [{weight: 1}]',
      '16:21 error schema.required: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].name: Required value',
    ],
    [
      '    - backendRefs: [{name: }]',
      '16:22 error schema.required: AIGatewayRoute default/r: spec.rules[0].backendRefs[0].name: Required value',
    ],
    [
      '    - timeouts: [{request: 1s}]',
      '16:7 error schema.type: AIGatewayRoute default/r: spec.rules[0].timeouts: expected object, got array',
    ],
    [
      '    - timeouts: {request: 1 s}',
      '16:27 error schema.value: AIGatewayRoute default/r: spec.rules[0].timeouts.request: Invalid value: "1 s": must be a duration such as 30s, 1m30s or 500ms',
    ],
    [
      '    - timeouts: {request: 30}',
      '16:27 error schema.type: AIGatewayRoute default/r: spec.rules[0].timeouts.request: expected string, got number',
    ],
    [
      '    - matches: [{headers: [{type: Regex, name: x, value: y}]}]',
      '16:35 error schema.enum: AIGatewayRoute default/r: spec.rules[0].matches[0].headers[0].type: Unsupported value: "Regex": supported values: "Exact", "RegularExpression"',
    ],
    [
      '    - matches: [{headers: [{type: 1, name: x, value: y}]}]',
      '16:35 error schema.type: AIGatewayRoute default/r: spec.rules[0].matches[0].headers[0].type: expected string, got number',
    ],
    [
      '    - matches: [{headers: [{name: "x y", value: y}]}]',
      '16:35 error schema.value: AIGatewayRoute default/r: spec.rules[0].matches[0].headers[0].name: Invalid value: "x y": must be a header name',
    ],
    [
      '    - matches: [{headers: [{name: x, value: "(?=a)", type: RegularExpression}]}]',
      '16:45 error schema.regex: AIGatewayRoute default/r: spec.rules[0].matches[0].headers[0].value: is no RE2 regular expression: invalid or unsupported Perl syntax: `(?=`',
    ],
    [
      '    - modelsCreatedAt: yesterday',
      '16:24 error schema.value: AIGatewayRoute default/r: spec.rules[0].modelsCreatedAt: Invalid value: "yesterday": must be a time such as 2026-01-31T08:00:00Z',
    ],
  ])('are placed exactly: %s', (rule, line) => {
    const result = load(complete(routeText(rule)))
    expect(said(result)).toEqual([line])
    expect(result.spec).toBeUndefined()
  })

  it.each([
    ['    - backendRefs: [{name: a, weight: "1"}]', 'take the quotes away'],
    ['    - backendRefs: [{name: 5}]', 'put the value in quotes'],
    ['    - backendRefs:\n        name: a', 'begin each item with "- "'],
  ])('come with a hint: %s', (rule, hint) => {
    expect(load(complete(routeText(rule))).diagnostics[0]?.hint).toBe(hint)
  })

  it('are all said at once, over all resources', () => {
    const bad = resource('Backend', 'x', {
      spec: { endpoints: [{ ip: { address: 'x', port: 0 } }] },
    })
    const result = load(complete(routeText('    - backendRefs: a\n      name: 1'), bad))
    expect(messages(result, 'error')).toEqual([
      'AIGatewayRoute default/r: spec.rules[0].backendRefs: expected array, got string',
      'AIGatewayRoute default/r: spec.rules[0].name: expected string, got number',
      'Backend default/x: spec.endpoints[0].ip.address: Invalid value: "x": must be an IP address',
      'Backend default/x: spec.endpoints[0].ip.port: Invalid value: 0: must be a whole number between 1 and 65535',
    ])
  })

  it('do not make references to their resource dangle', () => {
    const result = load(
      complete(route([{ backendRefs: [{ name: 'b' }] }]), {
        ...resource('AIServiceBackend', 'b', { spec: { schema: { name: 'X' } } }),
      }),
    )
    expect(messages(result, 'error')).toEqual([
      'AIServiceBackend default/b: spec.schema.name: Unsupported value: "X": supported values: "OpenAI", "Cohere", "AWSBedrock", "AzureOpenAI", "GCPVertexAI", "GCPAnthropic", "Anthropic", "AWSAnthropic"',
    ])
  })
})

describe('metadata', () => {
  it('must have a name', () => {
    expect(messages(load(complete({ apiVersion: 'v1', kind: 'Secret', metadata: {} })))).toEqual([
      'Secret default/: metadata.name: Required value',
    ])
    expect(messages(load(complete({ apiVersion: 'v1', kind: 'Secret' })))).toEqual([
      'Secret default/: metadata: Required value',
    ])
  })

  it('should have a name that a cluster takes', () => {
    const text = complete({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'My_Secret' } })
    expect(messages(load(text), 'warning')).toHaveLength(1)
    expect(messages(load(text, { clusterRules: 'error' }), 'error')[0]).toContain('RFC 1123')
  })

  it('may hold whatever Kubernetes puts there', () => {
    const metadata = {
      name: 's',
      uid: 'x',
      creationTimestamp: null,
      labels: { a: 'b' },
      generation: 1,
    }
    expect(
      said(load(complete({ apiVersion: 'v1', kind: 'Secret', metadata, status: {} }))),
    ).toEqual([])
  })

  it('has annotations that are text', () => {
    const metadata = { name: 's', annotations: { a: 1 } }
    expect(messages(load(complete({ apiVersion: 'v1', kind: 'Secret', metadata })))).toEqual([
      'Secret default/s: metadata.annotations.a: expected string, got number',
    ])
  })
})

describe('unknown fields', () => {
  const text = complete(route([{ ...toA, timeout: { request: '1s' } }]))

  it('are warned of where they stand, with what may have been meant', () => {
    const result = load(text)
    expect(result.spec).toBeDefined()
    expect(result.diagnostics).toEqual([
      {
        file: 'a.yaml',
        line: 9,
        column: 1 + (text.split('\n')[8]?.indexOf('"timeout"') ?? 0),
        severity: 'warning',
        code: 'schema.unknown-field',
        path: 'spec.rules[0].timeout',
        message:
          'AIGatewayRoute default/route: spec.rules[0].timeout: unknown field; it has no effect',
        hint: 'did you mean timeouts?',
      },
    ])
  })

  it('are errors where that is wished', () => {
    const result = load(text, { unknownFields: 'error' })
    expect(result.diagnostics[0]?.severity).toBe('error')
    expect(result.spec).toBeUndefined()
  })

  it('are not suggested when they are there already', () => {
    const both = complete(route([{ ...toA, timeouts: {}, timeout: {} }]))
    expect(load(both).diagnostics[0]?.hint).toBeUndefined()
  })
})

describe('variables in values', () => {
  const withRule = (rule: string) =>
    complete(`
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: {name: r}
spec:
  parentRefs: [{name: gw}]
  rules:
    - ${rule}`)

  it('become numbers where numbers are wanted, and text where text is', () => {
    const rule = 'backendRefs: [{name: a, weight: $N, modelNameOverride: $N}]'
    const result = load(withRule(rule), { env: { N: '007' } })
    expect(said(result)).toEqual([])
    expect(result.spec?.routes[0]?.rules[0]?.backends).toEqual([
      { backend: 'default/a', weight: 7, priority: 0, modelNameOverride: '007' },
    ])
  })

  it('are not shown in messages', () => {
    const result = load(withRule('timeouts: {request: $T}'), { env: { T: 'sk-secret' } })
    expect(messages(result)).toEqual([
      'AIGatewayRoute default/r: spec.rules[0].timeouts.request: Invalid value: the value of T: must be a duration such as 30s, 1m30s or 500ms',
    ])
  })

  it('that are empty leave a required field missing, which is said', () => {
    const result = load(withRule('backendRefs: [{name: $NAME}]'), { env: { NAME: '' } })
    expect(result.diagnostics).toMatchObject([
      { message: expect.stringContaining('name: Required value'), hint: 'NAME is empty' },
    ])
  })

  it('keep the place of what follows', () => {
    const rule = 'backendRefs: [{name: "${NAME}", weight: x}]'
    const { diagnostics } = load(withRule(rule), {
      env: { NAME: 'a-much-longer-name-than-before' },
    })
    expect(diagnostics[0]).toMatchObject({ line: 15, column: 47 })
  })
})
