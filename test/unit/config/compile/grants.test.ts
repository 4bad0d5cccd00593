import { describe, expect, it } from 'vitest'
import { backend, complete, load, resource, route, serviceBackend, toA } from '../support.ts'

function inOther(object: object): object {
  return { ...object, metadata: { ...Reflect.get(object, 'metadata'), namespace: 'other' } }
}

function grant(from: object, to: object): object {
  return inOther(resource('ReferenceGrant', 'g', { spec: { from: [from], to: [to] } }))
}

const ai = 'aigateway.envoyproxy.io'
const fromRoute = { group: ai, kind: 'AIGatewayRoute', namespace: 'default' }
const toBackends = { group: ai, kind: 'AIServiceBackend' }
const elsewhere = [
  inOther(backend('b')),
  inOther(serviceBackend('b')),
  route([
    toA,
    {
      backendRefs: [{ name: 'b', namespace: 'other' }],
      matches: [{ headers: [{ name: 'x', value: 'y' }] }],
    },
  ]),
]

describe('a reference to another namespace', () => {
  it('is followed where a ReferenceGrant allows it', () => {
    const result = load(complete(...elsewhere, grant(fromRoute, toBackends)))
    expect(result.diagnostics).toEqual([])
    expect(result.spec?.routes[0]?.rules[1]?.backends[0]?.backend).toBe('other/b')
  })

  it.each([
    ['another kind', { ...fromRoute, kind: 'HTTPRoute' }, toBackends],
    ['another group', { ...fromRoute, group: 'x' }, toBackends],
    ['another namespace', { ...fromRoute, namespace: 'third' }, toBackends],
    ['another target', fromRoute, { ...toBackends, kind: 'Backend' }],
    ['another name', fromRoute, { ...toBackends, name: 'c' }],
  ])('is refused where the grant is for %s', (_, from, to) => {
    expect(load(complete(...elsewhere, grant(from, to))).diagnostics).toMatchObject([
      { severity: 'error', code: 'ref.not-granted' },
    ])
  })

  it('may be granted for one name', () => {
    const result = load(complete(...elsewhere, grant(fromRoute, { ...toBackends, name: 'b' })))
    expect(result.diagnostics).toEqual([])
  })

  it('of an AIServiceBackend to a Backend needs a grant too', () => {
    const backendRef = {
      group: 'gateway.envoyproxy.io',
      kind: 'Backend',
      name: 'b',
      namespace: 'other',
    }
    const objects = [
      inOther(backend('b')),
      serviceBackend('c', { backendRef }),
      route([{ backendRefs: [{ name: 'a' }, { name: 'c' }] }]),
    ]
    expect(load(complete(...objects)).diagnostics).toMatchObject([{ code: 'ref.not-granted' }])
    const granted = grant(
      { group: ai, kind: 'AIServiceBackend', namespace: 'default' },
      { group: 'gateway.envoyproxy.io', kind: 'Backend' },
    )
    const result = load(complete(...objects, granted))
    expect(result.diagnostics).toEqual([])
    expect(result.spec?.backends['default/c']?.endpoints).toHaveLength(1)
  })

  it('of a policy to a Secret is followed with a grant', () => {
    const policy = resource('BackendSecurityPolicy', 'p', {
      spec: {
        targetRefs: [{ ...toBackends, name: 'a' }],
        type: 'APIKey',
        apiKey: { secretRef: { name: 's', namespace: 'other' } },
      },
    })
    const bsp = { ...policy, apiVersion: `${ai}/v1beta1` }
    const secret = inOther(resource('Secret', 's', { stringData: { apiKey: 'k' } }))
    const granted = grant(
      { group: ai, kind: 'BackendSecurityPolicy', namespace: 'default' },
      { group: '', kind: 'Secret' },
    )
    const result = load(complete(route([toA]), bsp, secret, granted))
    expect(result.diagnostics).toEqual([])
    expect(result.spec?.backends['default/a']?.auth).toEqual({ type: 'APIKey', key: 'k' })
  })
})
