import { describe, expect, it } from 'vitest'
import { complete, load, messages, route, said, toA } from '../support.ts'

function errors(rules: readonly object[], spec: object = {}): string[] {
  return messages(load(complete(route(rules, spec))), 'error')
}

const at = 'AIGatewayRoute default/route: '

describe('AIGatewayRoute', () => {
  it('takes all its fields', () => {
    const rule = {
      name: 'first',
      matches: [
        { headers: [{ name: 'X-Ai-Eg-Model', value: 'm' }] },
        { headers: [{ type: 'RegularExpression', name: 'x-team', value: 'a|b' }] },
        {},
      ],
      backendRefs: [
        {
          name: 'a',
          namespace: 'default',
          weight: 3,
          priority: 0,
          modelNameOverride: 'other',
          headerMutation: { set: [{ name: 'X-A', value: '1' }], remove: ['X-B'] },
          bodyMutation: { set: [{ path: 'a.b', value: '1' }], remove: ['c'] },
        },
      ],
      timeouts: { request: '2m', backendRequest: '1m' },
      streamIdleTimeout: '5s',
      modelsOwnedBy: 'us',
      modelsCreatedAt: '2024-05-21T10:00:00Z',
    }
    const costs = [{ metadataKey: 'k', type: 'TotalToken' }]
    const result = load(
      complete(route([rule], { hostnames: ['*.Example.com'], llmRequestCosts: costs })),
    )
    expect(said(result)).toEqual([])
    expect(result.spec?.routes).toEqual([
      {
        name: 'default/route',
        hostnames: ['*.example.com'],
        rules: [
          {
            name: 'first',
            matches: [
              { headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: 'm' }] },
              { headers: [{ type: 'RegularExpression', name: 'x-team', value: 'a|b' }] },
              { headers: [] },
            ],
            backends: [
              {
                backend: 'default/a',
                modelNameOverride: 'other',
                weight: 3,
                priority: 0,
                headerMutation: { set: [{ name: 'x-a', value: '1' }], remove: ['x-b'] },
                bodyMutation: { set: [{ path: 'a.b', value: '1' }], remove: ['c'] },
              },
            ],
            requestTimeoutMs: 60_000,
            streamIdleTimeoutMs: 5000,
            modelsOwnedBy: 'us',
            modelsCreatedAt: 1_716_285_600,
          },
        ],
        costs,
      },
    ])
  })

  it('needs rules', () => {
    expect(errors([])).toEqual([`${at}spec.rules: Invalid value: must have at least 1 items`])
    const text = complete({
      apiVersion: 'aigateway.envoyproxy.io/v1beta1',
      kind: 'AIGatewayRoute',
      metadata: { name: 'route' },
      spec: {},
    })
    expect(messages(load(text), 'error')).toEqual([`${at}spec.rules: Required value`])
  })

  it('refuses parents that are no Gateway', () => {
    expect(errors([toA], { parentRefs: [{ name: 'gw', kind: 'Service' }] })).toEqual([
      `${at}spec.parentRefs[0].kind: only Gateway is supported`,
    ])
  })

  it.each([
    [{ name: 'route-not-found' }, 'spec.rules[0]: rule name route-not-found is reserved'],
    [
      { backendRefs: [{ name: 'a', group: 'inference.networking.k8s.io' }] },
      'spec.rules[0].backendRefs[0]: group and kind must be specified together',
    ],
    [
      { backendRefs: [{ name: 'a', kind: 'InferencePool' }] },
      'spec.rules[0].backendRefs[0]: group and kind must be specified together',
    ],
    [
      { backendRefs: [{ name: 'a', group: 'g', kind: 'InferencePool' }] },
      'spec.rules[0].backendRefs[0]: only InferencePool from inference.networking.k8s.io group is supported',
    ],
    [
      { timeouts: { request: '1s', backendRequest: '2s' } },
      'spec.rules[0].timeouts: backendRequest timeout cannot be longer than request timeout',
    ],
    [
      { backendRefs: [{ name: 'a', weight: -1 }] },
      'spec.rules[0].backendRefs[0].weight: Invalid value: -1: must be a whole number greater than or equal to 0',
    ],
    [
      { matches: [{ headers: [{ name: 'x', value: '(', type: 'RegularExpression' }] }] },
      'spec.rules[0].matches[0].headers[0].value: is no RE2 regular expression: missing closing ): `(`',
    ],
  ])('refuses %j', (rule, message) => {
    expect(errors([{ ...toA, ...rule }])).toEqual([at + message])
  })

  it('refuses two rules of one name', () => {
    expect(errors([{ ...toA, name: 'x' }, toA, { ...toA, name: 'x' }])).toEqual([
      `${at}spec.rules: rule name must be unique within the route`,
    ])
  })

  const pool = { name: 'p', group: 'inference.networking.k8s.io', kind: 'InferencePool' }

  it('refuses inference pools beside backends, and more than one', () => {
    expect(errors([{ backendRefs: [{ name: 'a' }, pool] }])).toContain(
      `${at}spec.rules[0].backendRefs: cannot mix InferencePool and AIServiceBackend references in the same rule`,
    )
    expect(errors([{ backendRefs: [pool, pool] }])).toContain(
      `${at}spec.rules[0].backendRefs: only one InferencePool backend is allowed per rule`,
    )
  })

  it('says that an inference pool needs a cluster', () => {
    const { diagnostics } = load(complete(route([{ backendRefs: [pool] }])))
    expect(diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'unsupported.inference-pool',
        path: 'spec.rules[0].backendRefs[0]',
      },
    ])
  })

  it.each([
    [
      'rules',
      {
        rules: Array.from({ length: 16 }, (_, i) => ({
          ...toA,
          matches: [{ headers: [{ name: 'x', value: String(i) }] }],
        })),
      },
      'Too many: 16: must have at most 15 items',
    ],
    [
      'hostnames',
      { hostnames: Array.from({ length: 17 }, (_, i) => `h${i}`) },
      'Too many: 17: must have at most 16 items',
    ],
  ])('has limits that only a cluster insists on: %s', (field, spec, text) => {
    const config = complete(route([toA], spec))
    const lenient = load(config)
    expect(lenient.spec).toBeDefined()
    expect(messages(lenient, 'warning')).toEqual([`${at}spec.${field}: ${text}`])
    const strict = load(config, { clusterRules: 'error' })
    expect(strict.spec).toBeUndefined()
    expect(messages(strict, 'error')).toEqual([`${at}spec.${field}: ${text}`])
  })

  it('counts the first match of a header only, and says so', () => {
    const headers = [
      { name: 'x', value: '1' },
      { name: 'X', value: '2' },
    ]
    const result = load(complete(route([{ ...toA, matches: [{ headers }] }])))
    expect(messages(result, 'warning')).toEqual([
      `${at}spec.rules[0].matches[0].headers: Duplicate value: only the first match of a header counts`,
    ])
    expect(result.spec?.routes[0]?.rules[0]?.matches).toEqual([
      { headers: [{ type: 'Exact', name: 'x', value: '1' }] },
    ])
  })

  it.each(['0s', '-1s', 'soon'])('ignores a streamIdleTimeout of %s, with a warning', (text) => {
    const result = load(complete(route([{ ...toA, streamIdleTimeout: text }])))
    expect(said(result)[0]).toContain('warning ignored.duration')
    expect(messages(result)).toEqual([
      `${at}spec.rules[0].streamIdleTimeout: Invalid value: "${text}": is no duration above zero and has no effect`,
    ])
    expect(result.spec?.routes[0]?.rules[0]).not.toHaveProperty('streamIdleTimeoutMs')
  })

  it.each(['targetRefs', 'schema', 'filterConfig'])('warns of %s, which is gone', (field) => {
    const { diagnostics } = load(complete(route([toA], { [field]: {} })))
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'ignored.field', path: `spec.${field}` },
    ])
  })

  it.each([
    [{ type: 'CEL' }, 'missing CEL expression'],
    [{ type: 'CEL', cel: '' }, 'missing CEL expression'],
  ])('refuses the cost %j', (cost, text) => {
    expect(errors([toA], { llmRequestCosts: [{ metadataKey: 'k', ...cost }] })).toEqual([
      `${at}spec.llmRequestCosts[0]: ${text}`,
    ])
  })
})

describe('mutations', () => {
  const mutated = (mutation: object) => route([{ backendRefs: [{ name: 'a', ...mutation }] }])

  it.each([
    [
      { headerMutation: { set: [{ name: 'a', value: 'x\r\ny: z' }] } },
      'headerMutation.set[0].value: must not hold',
    ],
    [
      { headerMutation: { set: [{ name: 'a', value: 'x\0' }] } },
      'headerMutation.set[0].value: must not hold',
    ],
    [
      { headerMutation: { set: [{ name: 'a', value: '€' }] } },
      'headerMutation.set[0].value: must not hold',
    ],
    [
      { headerMutation: { set: [{ name: 'a\nb', value: '' }] } },
      'headerMutation.set[0].name: Invalid value: "a\\nb": must be a header name',
    ],
    [
      { headerMutation: { remove: ['a b'] } },
      'headerMutation.remove[0]: Invalid value: "a b": must be a header name',
    ],
    [
      {
        headerMutation: {
          set: [
            { name: 'A', value: '1' },
            { name: 'a', value: '2' },
          ],
        },
      },
      'headerMutation.set: Duplicate value: header names in set must be unique',
    ],
    [
      { bodyMutation: { set: [{ path: '', value: '1' }] } },
      'bodyMutation.set[0].path: Invalid value: "": path in body should be at least 1 chars long',
    ],
    [
      {
        bodyMutation: {
          set: [
            { path: 'a', value: '1' },
            { path: 'a', value: '2' },
          ],
        },
      },
      'bodyMutation.set: Duplicate value: paths in set must be unique',
    ],
    [
      { bodyMutation: { set: [{ path: 'a', value: 1 }] } },
      'bodyMutation.set[0].value: expected string, got number',
    ],
  ])('refuse %j', (mutation, text) => {
    const [message] = messages(load(complete(mutated(mutation))), 'error')
    expect(message).toContain(`spec.rules[0].backendRefs[0].${text}`)
  })

  it.each([':path', 'x-ai-eg-model', 'X-Envoy-Original-Path'])(
    'leave %s alone, with a warning',
    (name) => {
      const mutation = { headerMutation: { set: [{ name, value: '1' }], remove: [name, 'ok'] } }
      const result = load(complete(mutated(mutation)))
      expect(result.diagnostics.map(({ code }) => code)).toEqual([
        'ignored.header',
        'ignored.header',
      ])
      expect(result.spec?.routes[0]?.rules[0]?.backends[0]?.headerMutation).toEqual({
        set: [],
        remove: ['ok'],
      })
    },
  )

  it('that do nothing are left out', () => {
    const result = load(complete(mutated({ headerMutation: {}, bodyMutation: { remove: [] } })))
    expect(result.spec?.routes[0]?.rules[0]?.backends).toEqual([
      { backend: 'default/a', weight: 1, priority: 0 },
    ])
  })
})
