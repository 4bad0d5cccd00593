import { describe, expect, it } from 'vitest'
import { backend, complete, documents, gateway, load, messages, resource, said } from './support.ts'

describe('resources in a file', () => {
  it('may come as a list', () => {
    const text = complete()
    const items = text.split('\n---\n').map((one) => JSON.parse(one))
    const result = load(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
    expect(said(result)).toEqual([])
    expect(result.spec).toEqual(load(text).spec)
  })

  it('may come as lists inside lists, with places of their own', () => {
    const text = `
kind: List
items:
  - kind: List
    items:
      - apiVersion: v1
        kind: Secret
        metadata:
          name: s
        strinData: {}
`
    expect(said(load(complete(text)))).toEqual([
      '17:9 warning schema.unknown-field: Secret default/s: strinData: unknown field; it has no effect',
    ])
    expect(load(complete(text)).diagnostics[0]?.hint).toBe('did you mean stringData?')
  })

  it('must be objects', () => {
    expect(messages(load(documents('- a', 'text', 'kind: List\nitems: 1')), 'error')).toEqual(
      expect.arrayContaining([
        'expected a resource (an object with apiVersion and kind), got array',
        'expected a resource (an object with apiVersion and kind), got string',
        'List: items: expected array, got number',
      ]),
    )
  })

  it('must have a kind, and no secret is shown where one has none', () => {
    const text = 'apiVersion: v1\nmetadata:\n  name: s\nstringData:\n  apiKey: hush\n'
    const [first] = load(complete(text)).diagnostics
    expect(first).toEqual({
      file: 'a.yaml',
      line: 9,
      column: 1,
      severity: 'error',
      code: 'schema.required',
      path: 'kind',
      message:
        'error collecting: error decoding unstructured object: Object \'Kind\' is missing in \'{"apiVersion":"v1","metadata":{"name":"s"}}\'',
    })
  })

  it('must have a kind that is text', () => {
    expect(said(load(complete('kind: 5')))).toEqual([
      '9:1 error schema.type: kind: expected string, got number',
    ])
  })

  it('are in namespace default where none is given', () => {
    const other = backend('a')
    expect(Object.keys(load(complete(other)).spec?.backends ?? {})).toEqual(['default/a'])
  })

  it('count once: the first of a name, with both lines', () => {
    const result = load(complete(backend('a', { endpoints: [] })))
    expect(said(result)).toEqual([
      '9:1 warning schema.duplicate: Backend default/a: is given on line 5 and again on line 9; the first one counts',
    ])
    expect(result.spec?.backends['default/a']?.endpoints).toHaveLength(1)
  })

  it('of equal names in two namespaces are two', () => {
    const elsewhere = { ...backend('a'), metadata: { name: 'a', namespace: 'other' } }
    expect(said(load(complete(elsewhere)))).toEqual([])
  })

  it('are warned of once per file when their version is old', () => {
    const old = complete().replaceAll(
      'aigateway.envoyproxy.io/v1beta1',
      'aigateway.envoyproxy.io/v1alpha1',
    )
    const text = documents(
      old,
      old.replaceAll('"a"', '"b"').split('\n---\n').slice(2).join('\n---\n'),
    )
    const result = load(text)
    expect(result.spec).toBeDefined()
    expect(said(result)).toEqual([
      '7:15 warning schema.deprecated: AIServiceBackend default/a: apiVersion: aigateway.envoyproxy.io/v1alpha1 is deprecated; use aigateway.envoyproxy.io/v1beta1 instead',
    ])
  })

  it('of an unknown version are read as the newest', () => {
    const text = complete().replace('envoyproxy.io/v1beta1', 'envoyproxy.io/v3')
    const result = load(text)
    expect(messages(result, 'warning')).toEqual([
      'AIServiceBackend default/a: apiVersion: version "v3" is not known; v1beta1 is assumed',
    ])
    expect(result.spec).toBeDefined()
  })

  it('without an apiVersion are read by their kind', () => {
    const { apiVersion: _, ...bare } = gateway() as Record<string, unknown>
    const result = load(documents(bare))
    expect(messages(result, 'warning')[0]).toBe(
      'Gateway default/gw: apiVersion: is missing; gateway.networking.k8s.io/v1 is assumed',
    )
    expect(result.spec?.listeners).toHaveLength(1)
  })

  it('of a mistyped group are taken for what was meant', () => {
    const typo = { ...backend('b'), apiVersion: 'gateway.envoyproxy.oi/v1alpha1' }
    expect(load(complete(typo)).diagnostics).toMatchObject([
      {
        code: 'schema.version',
        severity: 'warning',
        hint: 'did you mean gateway.envoyproxy.io/v1alpha1?',
      },
    ])
  })

  it('of another product with the same kind are left out', () => {
    const other = { ...gateway({}, 'mesh'), apiVersion: 'networking.istio.io/v1' }
    const result = load(complete(other))
    expect(messages(result)).toEqual([
      'Gateway default/mesh: apiVersion: kind Gateway is not known in "networking.istio.io/v1"; the resource has no effect',
    ])
    expect(result.spec?.listeners).toHaveLength(1)
  })

  it('of Kubernetes itself are left out without fuss', () => {
    const text = complete(
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
    )
    const { diagnostics } = load(text)
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      'info ignored.kind',
      'info ignored.kind',
      'info ignored.kind',
    ])
  })

  it('of a mistyped kind are warned of', () => {
    const typo = { ...resource('AIGatewayRoute', 'r', {}), kind: 'AIGatewayRout' }
    expect(load(complete(typo)).diagnostics).toMatchObject([
      { severity: 'error', code: 'schema.kind', hint: 'did you mean AIGatewayRoute?' },
    ])
  })

  it.each(['EnvoyExtensionPolicy', 'EnvoyPatchPolicy'])('of kind %s need Envoy', (kind) => {
    expect(messages(load(complete(resource(kind, 'x', {}))), 'warning')).toEqual([
      `${kind} default/x: kind: kind ${kind} has no effect without Envoy`,
    ])
  })

  it.each([
    [
      'MCPRoute',
      'aigateway.envoyproxy.io/v1beta1',
      'no MCP endpoint is served',
      {
        parentRefs: [{ name: 'gw' }],
        backendRefs: [{ name: 'a', group: 'gateway.envoyproxy.io', kind: 'Backend' }],
      },
    ],
    [
      'QuotaPolicy',
      'aigateway.envoyproxy.io/v1alpha1',
      'no quota is enforced',
      {
        targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }],
      },
    ],
    ['HTTPRoute', 'gateway.networking.k8s.io/v1', 'its paths are not served', {}],
    [
      'SecurityPolicy',
      'gateway.envoyproxy.io/v1alpha1',
      'what it is to protect is refused',
      { targetRefs: [{ kind: 'Gateway', name: 'gw' }] },
    ],
    ['HTTPRouteFilter', 'gateway.envoyproxy.io/v1alpha1', 'its filters are not applied', {}],
  ])('of kind %s load with a warning of what does not happen', (kind, apiVersion, effect, spec) => {
    const result = load(complete({ apiVersion, kind, metadata: { name: 'x' }, spec }))
    expect(said(result)).toEqual([
      `9:1 warning unsupported.kind: ${kind} default/x: kind ${kind} is not supported yet: ${effect}`,
    ])
    expect(result.spec).toBeDefined()
  })
})
