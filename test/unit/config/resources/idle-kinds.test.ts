import { describe, expect, it } from 'vitest'
import { complete, load, messages, resource } from '../support.ts'

const parentRefs = [{ name: 'gw' }]
const toBackend = { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' }

/** The errors about one resource of this kind. */
function errors(kind: string, spec: object): string[] {
  return messages(load(complete(resource(kind, 'x', { spec }))), 'error').map((message) =>
    message.slice(`${kind} default/x: `.length),
  )
}

describe('MCPRoute', () => {
  const mcp = (spec: object) =>
    errors('MCPRoute', { parentRefs, backendRefs: [toBackend], ...spec })
  const withBackend = (rest: object) => mcp({ backendRefs: [{ ...toBackend, ...rest }] })
  const withRule = (rule: object, more: object = {}) =>
    mcp({ securityPolicy: { authorization: { rules: [rule] }, ...more } })
  const oauth = {
    issuer: 'https://idp.example.com',
    audiences: ['a'],
    protectedResourceMetadata: { resource: 'https://gw.example.com/mcp' },
  }

  it('may say all that a cluster takes', () => {
    expect(
      mcp({
        path: '/tools',
        headers: [{ name: 'x', value: 'y' }],
        hostnames: ['a.com'],
        backendRefs: [
          {
            ...toBackend,
            path: '/api/mcp',
            toolSelector: { includeRegex: ['^get_'], exclude: ['get_secret'] },
            securityPolicy: { apiKey: { inline: 'k', header: 'x-key' } },
            forwardHeaders: [{ name: 'x-tenant', backendHeader: 'x-org' }],
          },
        ],
        securityPolicy: {
          oauth: { ...oauth, jwks: { localJWKS: { type: 'Inline', inline: '{}' } } },
          apiKeyAuth: { credentialRefs: [{ name: 's' }], extractFrom: [{ headers: ['x-k'] }] },
          authorization: {
            rules: [
              { cel: 'true' },
              { target: { tools: [{ backend: 'a', tool: 't' }] }, action: 'Deny' },
              { source: { jwt: { scopes: ['read'] } } },
            ],
          },
        },
        backendSelector: { rules: [{ cel: 'true' }] },
      }),
    ).toEqual([])
  })

  it.each([
    [
      'parents',
      () => mcp({ parentRefs: [{ kind: 'Service', name: 'x' }] }),
      'spec.parentRefs[0].kind: only Gateway is supported',
    ],
    [
      'twice a name',
      () => mcp({ backendRefs: [toBackend, toBackend] }),
      'spec.backendRefs: all backendRefs names must be unique',
    ],
    [
      'an empty selector',
      () => withBackend({ toolSelector: {} }),
      'spec.backendRefs[0].toolSelector: at least one of include, includeRegex, exclude, or excludeRegex must be specified',
    ],
    [
      'both includes',
      () => withBackend({ toolSelector: { include: ['a'], includeRegex: ['b'] } }),
      'spec.backendRefs[0].toolSelector: include and includeRegex are mutually exclusive',
    ],
    [
      'both excludes',
      () => withBackend({ toolSelector: { exclude: ['a'], excludeRegex: ['b'] } }),
      'spec.backendRefs[0].toolSelector: exclude and excludeRegex are mutually exclusive',
    ],
    [
      'a key from nowhere',
      () => withBackend({ securityPolicy: { apiKey: {} } }),
      'spec.backendRefs[0].securityPolicy.apiKey: exactly one of secretRef or inline must be set',
    ],
    [
      'a key for two places',
      () =>
        withBackend({ securityPolicy: { apiKey: { inline: 'k', header: 'x', queryParam: 'y' } } }),
      'spec.backendRefs[0].securityPolicy.apiKey: only one of header or queryParam can be set',
    ],
    [
      'no key set',
      () => mcp({ securityPolicy: { oauth: { ...oauth, jwks: {} } } }),
      'spec.securityPolicy.oauth.jwks: either remoteJWKS or localJWKS must be specified.',
    ],
    [
      'two key sets',
      () =>
        mcp({
          securityPolicy: {
            oauth: {
              ...oauth,
              jwks: { remoteJWKS: { uri: 'https://a/b' }, localJWKS: { inline: '{}' } },
            },
          },
        }),
      'spec.securityPolicy.oauth.jwks: remoteJWKS and localJWKS cannot both be specified.',
    ],
    [
      'tokens without an issuer',
      () => withRule({ source: { jwt: { scopes: ['read'] } } }),
      'spec.securityPolicy: oauth must be configured when any authorization rule uses a jwt source',
    ],
    [
      'an empty token source',
      () => withRule({ source: { jwt: {} } }, { oauth }),
      'spec.securityPolicy.authorization.rules[0].source.jwt: either scopes or claims must be specified',
    ],
    [
      'scope as a claim',
      () =>
        withRule({ source: { jwt: { claims: [{ name: 'scope', values: ['a'] }] } } }, { oauth }),
      "spec.securityPolicy.authorization.rules[0].source.jwt.claims: 'scope' claim name is reserved for OAuth scopes",
    ],
  ])('refuses %s', (_, check, message) => {
    expect(check()).toEqual([message])
  })
})

describe('QuotaPolicy', () => {
  const target = { group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }

  it('may say all that a cluster takes', () => {
    expect(
      errors('QuotaPolicy', {
        targetRefs: [target],
        serviceQuota: { quota: { limit: 5, duration: '1h' } },
        perModelQuotas: [
          {
            modelName: 'm',
            quota: {
              costExpression: 'total_tokens',
              defaultBucket: { limit: 0, duration: '1d' },
              bucketRules: [
                {
                  clientSelectors: [{ headers: [{ name: 'x', type: 'Distinct' }] }],
                  quota: { limit: 1, duration: '1s' },
                  shadowMode: true,
                },
              ],
            },
          },
        ],
      }),
    ).toEqual([])
  })

  it.each([
    [
      { targetRefs: [{ ...target, kind: 'Backend' }] },
      'spec.targetRefs: targetRefs must reference AIServiceBackend resources',
    ],
    [
      { serviceQuota: { quota: { limit: 5, duration: '2h' } } },
      'spec.serviceQuota.quota.duration: Invalid value: "2h": must be 1s, 1m, 1h or 1d',
    ],
    [
      { perModelQuotas: [{ modelName: '', quota: {} }] },
      'spec.perModelQuotas[0].modelName: Invalid value: "": modelName in body should be at least 1 chars long',
    ],
    [
      {
        perModelQuotas: [
          {
            modelName: 'm',
            quota: {
              bucketRules: [{ clientSelectors: [{}], quota: { limit: 1, duration: '1s' } }],
            },
          },
        ],
      },
      'spec.perModelQuotas[0].quota.bucketRules[0].clientSelectors[0]: at least one of headers, methods, path, sourceCIDR or queryParams must be specified',
    ],
  ])('refuses %j', (spec, message) => {
    expect(errors('QuotaPolicy', spec)).toEqual([message])
  })

  it('says that a target is not there', () => {
    const policy = resource('QuotaPolicy', 'x', {
      spec: { targetRefs: [{ ...target, name: 'aa' }] },
    })
    expect(load(complete(policy)).diagnostics).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        code: 'ref.missing',
        path: 'spec.targetRefs[0].name',
        hint: 'did you mean a?',
      }),
    )
  })
})

describe('SecurityPolicy', () => {
  const targetRefs = [{ kind: 'Gateway', name: 'gw' }]
  const provider = { name: 'p', remoteJWKS: { uri: 'https://idp/keys' } }

  it('may say all that a cluster takes', () => {
    expect(
      errors('SecurityPolicy', {
        targetRefs,
        apiKeyAuth: { credentialRefs: [{ name: 's' }], extractFrom: [{ cookies: ['c'] }] },
        basicAuth: { users: { name: 's' } },
        jwt: { providers: [provider] },
        cors: { allowOrigins: ['https://*.example.com', '*'], maxAge: '10m' },
        extAuth: { http: { backendRefs: [toBackend], path: '/check' } },
        authorization: {
          rules: [
            { action: 'Allow', principal: { clientCIDRs: ['10.0.0.0/8'] } },
            { action: 'Deny', principal: { jwt: { provider: 'p', scopes: ['x'] } } },
          ],
        },
      }),
    ).toEqual([])
  })

  it.each([
    [{}, 'spec: either targetRef or targetRefs must be used'],
    [{ targetRefs, extAuth: {} }, 'spec.extAuth: one of grpc or http must be specified'],
    [
      { targetRefs, jwt: { providers: [{ name: 'p' }] } },
      'spec.jwt.providers[0]: either remoteJWKS or localJWKS must be specified, and not both.',
    ],
    [
      { targetRefs, cors: { allowOrigins: ['example.com'] } },
      'spec.cors.allowOrigins[0]: Invalid value: "example.com": must be an origin such as https://app.example.com or https://*.example.com',
    ],
    [
      {
        targetRefs,
        authorization: {
          rules: [{ action: 'Allow', principal: { jwt: { provider: 'p', scopes: ['x'] } } }],
        },
      },
      'spec.authorization: if authorization.rules.principal.jwt is used, jwt must be defined',
    ],
  ])('refuses %j', (spec, message) => {
    expect(errors('SecurityPolicy', spec)).toEqual([message])
  })

  it('says that a target is not there', () => {
    const policy = resource('SecurityPolicy', 'x', {
      spec: { targetRefs: [{ kind: 'Gateway', name: 'gww' }] },
    })
    expect(load(complete(policy)).diagnostics).toContainEqual(
      expect.objectContaining({ code: 'ref.missing', hint: 'did you mean gw?' }),
    )
  })
})

describe('HTTPRoute and HTTPRouteFilter', () => {
  it('may say all that a cluster takes', () => {
    const rules = [
      {
        matches: [{ path: { type: 'Exact', value: '/x' }, method: 'GET' }],
        filters: [
          {
            type: 'URLRewrite',
            urlRewrite: { path: { type: 'ReplaceFullPath', replaceFullPath: '/' } },
          },
          {
            type: 'ExtensionRef',
            extensionRef: { group: 'gateway.envoyproxy.io', kind: 'HTTPRouteFilter', name: 'x' },
          },
        ],
        backendRefs: [{ ...toBackend, weight: 2 }],
        timeouts: { request: '10s', backendRequest: '2s' },
      },
    ]
    expect(errors('HTTPRoute', { parentRefs, hostnames: ['a.com'], rules })).toEqual([])
    const directResponse = { statusCode: 404, body: { inline: 'no' } }
    expect(errors('HTTPRouteFilter', { directResponse })).toEqual([])
  })

  it.each([
    [
      [{ filters: [{ type: 'URLRewrite' }] }],
      'spec.rules[0].filters[0]: filter.urlRewrite must be specified for URLRewrite filter.type',
    ],
    [
      [{ timeouts: { request: '1s', backendRequest: '2s' } }],
      'spec.rules[0].timeouts: backendRequest timeout cannot be longer than request timeout',
    ],
  ])('refuse %j', (rules, message) => {
    expect(errors('HTTPRoute', { rules })).toEqual([message])
  })

  it('say that a Service exists in a cluster alone, and that a filter is not there', () => {
    const rules = [
      {
        filters: [
          {
            type: 'ExtensionRef',
            extensionRef: { group: 'g', kind: 'HTTPRouteFilter', name: 'f' },
          },
        ],
        backendRefs: [{ name: 'svc', port: 80 }],
      },
    ]
    const { diagnostics } = load(complete(resource('HTTPRoute', 'x', { spec: { rules } })))
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'ref.missing spec.rules[0].filters[0].extensionRef.name',
      'unsupported.kind ',
      'unsupported.service spec.rules[0].backendRefs[0]',
    ])
  })
})
