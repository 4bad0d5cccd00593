import { describe, expect, it } from 'vitest'
import { listEffectiveResources } from '../../../src/config/effective.ts'
import { gateway, resource, route, serviceBackend, toA } from './support.ts'

const planted = 'planted-credential-value'

function effective(object: object | string, env: Readonly<Record<string, string>> = {}) {
  const text = typeof object === 'string' ? object : JSON.stringify(object)
  return listEffectiveResources([{ file: 'a', text, env }])[0]
}

describe('effective resources', () => {
  it('have their variables replaced, a namespace, and defaults', () => {
    const text = `apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: { name: r }
spec:
  rules:
    - backendRefs: [{ name: "\${NAME}" }]
      matches: [{ headers: [{ name: x, value: y }] }]`
    expect(effective(text, { NAME: 'openai' })).toEqual({
      apiVersion: 'aigateway.envoyproxy.io/v1beta1',
      kind: 'AIGatewayRoute',
      metadata: { name: 'r', namespace: 'default' },
      spec: {
        rules: [
          {
            backendRefs: [{ name: 'openai', weight: 1, priority: 0 }],
            matches: [{ headers: [{ name: 'x', value: 'y', type: 'Exact' }] }],
          },
        ],
      },
    })
  })

  it('leave out what is unknown, unreadable or there twice', () => {
    const text = [
      JSON.stringify(gateway()),
      JSON.stringify(gateway()),
      'kind: Deployment\napiVersion: apps/v1',
      'a: [',
    ].join('\n---\n')
    expect(listEffectiveResources([{ file: 'a', text, env: {} }])).toHaveLength(1)
  })

  it('keep times and sizes as they are written', () => {
    const spec = { rules: [{ ...toA, timeouts: { request: '1m30s' } }] }
    expect(JSON.stringify(effective(route([], spec)))).toContain('"request":"1m30s"')
  })

  const set = (header: object) => serviceBackend('a', { headerMutation: { set: [header] } })
  it.each([
    ['a Secret', resource('Secret', 's', { stringData: { anything: planted } })],
    ['data of a Secret', resource('Secret', 's', { data: { k: planted } })],
    ['what is misplaced in a Secret', resource('Secret', 's', { anything: planted })],
    ['a header', set({ name: 'Authorization', value: planted })],
    ['a header that ends like a key', set({ name: 'x-otlp-key', value: planted })],
    [
      'a member of a body',
      serviceBackend('a', { bodyMutation: { set: [{ path: 'api_key', value: planted }] } }),
    ],
    [
      'a header for a collector',
      resource('EnvoyProxy', 'p', { spec: { headers: [{ name: 'x-plain', value: planted }] } }),
    ],
    [
      'a key in the place of a reference',
      resource('BackendSecurityPolicy', 'p', { spec: { apiKey: planted } }),
    ],
    [
      'an inline key',
      resource('MCPRoute', 'm', {
        spec: { backendRefs: [{ name: 'a', securityPolicy: { apiKey: { inline: planted } } }] },
      }),
    ],
    [
      'kubectl’s copy',
      {
        ...gateway(),
        metadata: {
          name: 'g',
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': planted },
        },
      },
    ],
    ['a URL', resource('EnvoyProxy', 'p', { spec: { x: `https://me:${planted}@host` } })],
  ])('show no credential: %s', (_, object) => {
    const shown = JSON.stringify(effective(object))
    expect(shown).not.toContain(planted)
    expect(shown).toContain('[REDACTED]')
  })

  it('show no value of a variable that is named after a credential', () => {
    const object = set({ name: 'x-custom', value: '$ROUTER_TOKEN' })
    expect(JSON.stringify(effective(object, { ROUTER_TOKEN: planted }))).not.toContain(planted)
  })
})
