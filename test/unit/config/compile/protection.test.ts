import { describe, expect, it } from 'vitest'
import { complete, gateway, load, messages, resource, route, toA } from '../support.ts'

const apiKeys = {
  credentialRefs: [{ name: 'clients' }],
  extractFrom: [{ headers: ['x-api-key'] }],
}

function policy(target: object, spec: object = { apiKeyAuth: apiKeys }, name = 'p'): object {
  const targetRefs = [{ group: 'gateway.networking.k8s.io', ...target }]
  return resource('SecurityPolicy', name, { spec: { targetRefs, ...spec } })
}

const rules = [
  { ...toA, name: 'one', matches: [{ headers: [{ name: 'x-ai-eg-model', value: 'm1' }] }] },
  { ...toA, name: 'two', matches: [{ headers: [{ name: 'x-ai-eg-model', value: 'm2' }] }] },
]

/** Why each rule of each route serves nobody. */
function refusals(...more: readonly object[]) {
  const { spec, diagnostics } = load(complete(route(rules), ...more))
  if (spec === undefined) throw new Error(JSON.stringify(diagnostics))
  return spec.routes.flatMap((one) => one.rules.map(({ refused }) => refused))
}

const refusal = 'SecurityPolicy default/p asks for apiKeyAuth'

describe('what a SecurityPolicy is to protect', () => {
  it.each([
    ['a Gateway', { kind: 'Gateway', name: 'gw' }, [refusal, refusal]],
    ['a listener', { kind: 'Gateway', name: 'gw', sectionName: 'http' }, [refusal, refusal]],
    ['a route, as a cluster knows it', { kind: 'HTTPRoute', name: 'route' }, [refusal, refusal]],
    [
      'a route',
      { group: 'aigateway.envoyproxy.io', kind: 'AIGatewayRoute', name: 'route' },
      [refusal, refusal],
    ],
    ['a rule', { kind: 'HTTPRoute', name: 'route', sectionName: 'two' }, [undefined, refusal]],
  ])('is refused: %s', (_, target, expected) => {
    expect(refusals(policy(target))).toEqual(expected)
  })

  it.each(['apiKeyAuth', 'basicAuth', 'jwt', 'oidc', 'extAuth', 'authorization', 'csrf'])(
    'is refused because of %s, and that is said',
    (member) => {
      const values: Readonly<Record<string, object>> = {
        apiKeyAuth: apiKeys,
        basicAuth: { users: { name: 'users' } },
        jwt: { providers: [{ name: 'x', remoteJWKS: { uri: 'https://a.example/keys' } }] },
        extAuth: { http: { backendRefs: [{ name: 'auth', port: 80 }] } },
      }
      const guarded = policy({ kind: 'Gateway', name: 'gw' }, { [member]: values[member] ?? {} })
      const why = `SecurityPolicy default/p asks for ${member}`
      expect(refusals(guarded)).toEqual([why, why])
      expect(messages(load(complete(route(rules), guarded)), 'warning')).toContain(
        `SecurityPolicy default/p: spec.${member}: is not supported yet: requests to the targets of this policy are refused with 500`,
      )
    },
  )

  it('is served where the policy only tells browsers more', () => {
    const cors = { cors: { allowOrigins: ['https://a.example'] } }
    expect(refusals(policy({ kind: 'Gateway', name: 'gw' }, cors))).toEqual([undefined, undefined])
  })

  it('is what the most specific policy says, as a whole unless it is merged', () => {
    const target = { kind: 'HTTPRoute', name: 'route', sectionName: 'two' }
    const cors = { cors: { allowOrigins: ['https://a.example'] } }
    const around = policy({ kind: 'Gateway', name: 'gw' })
    expect(refusals(around, policy(target, cors, 'q'))).toEqual([refusal, undefined])
    const merged = { ...cors, mergeType: 'StrategicMerge' }
    expect(refusals(around, policy(target, merged, 'q'))).toEqual([refusal, refusal])
  })

  it('leaves other Gateways alone', () => {
    const listeners = [{ name: 'http', protocol: 'HTTP', port: 1976 }]
    const other = gateway({ listeners }, 'other')
    expect(refusals(other, policy({ kind: 'Gateway', name: 'other' }))).toEqual([
      undefined,
      undefined,
    ])
  })
})

describe('a SecurityPolicy without its target', () => {
  it.each([
    [
      { kind: 'Gateway', name: 'gv' },
      'spec.targetRefs[0].name: there is no Gateway default/gv; its clients would not be authenticated',
      'did you mean gw?',
    ],
    [
      { kind: 'Gatewy', name: 'gw' },
      'spec.targetRefs[0].kind: a SecurityPolicy does not apply to kind Gatewy here; this target has no effect',
      'did you mean Gateway?',
    ],
    [
      { kind: 'HTTPRoute', name: 'route', sectionName: 'tow' },
      'spec.targetRefs[0].sectionName: AIGatewayRoute default/route has no rule tow; its clients would not be authenticated',
      'did you mean two?',
    ],
  ])('is an error: %j', (target, message, hint) => {
    const { diagnostics, spec } = load(complete(route(rules), policy(target)))
    expect(spec).toBeUndefined()
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([
      expect.objectContaining({ message: `SecurityPolicy default/p: ${message}`, hint }),
    ])
  })

  it('is an error where labels select it', () => {
    const spec = { targetSelectors: [{ kind: 'HTTPRoute' }], apiKeyAuth: apiKeys }
    const selecting = resource('SecurityPolicy', 'p', { spec })
    expect(messages(load(complete(route(rules), selecting)), 'error')).toEqual([
      'SecurityPolicy default/p: spec.targetSelectors: is not supported: what it selects would be served to everybody',
    ])
  })

  it('is no error where only Envoy has the kind', () => {
    const target = { kind: 'GRPCRoute', name: 'x' }
    expect(messages(load(complete(route(rules), policy(target))), 'error')).toEqual([])
  })
})
