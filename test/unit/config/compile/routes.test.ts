import { describe, expect, it } from 'vitest'
import {
  backend,
  complete,
  documents,
  gateway,
  gatewayClass,
  load,
  messages,
  resource,
  route,
  said,
  serviceBackend,
  toA,
} from '../support.ts'

const at = 'AIGatewayRoute default/route: '

function ruleOf(result: ReturnType<typeof load>, index = 0) {
  return result.spec?.routes[0]?.rules[index]
}

function policy(spec: object, target: object = {}, name = 'policy'): object {
  const targetRefs = [
    { group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'route', ...target },
  ]
  return resource('BackendTrafficPolicy', name, { spec: { targetRefs, ...spec } })
}

describe('rules', () => {
  it('last 60 seconds, match everything and belong to Envoy AI Gateway where nothing is said', () => {
    const result = load(complete(route([toA])))
    expect(said(result)).toEqual([])
    expect(result.spec?.routes).toEqual([
      {
        name: 'default/route',
        hostnames: [],
        rules: [
          {
            matches: [],
            backends: [{ backend: 'default/a', weight: 1, priority: 0 }],
            requestTimeoutMs: 60_000,
            modelsOwnedBy: 'Envoy AI Gateway',
          },
        ],
        costs: [],
      },
    ])
  })

  it.each([
    [{ request: '2m' }, 120_000],
    [{ request: '0s' }, undefined],
    [{ backendRequest: '10s' }, 10_000],
    [{ request: '2m', backendRequest: '10s' }, 10_000],
    [{ request: '0s', backendRequest: '10s' }, 10_000],
    [{ request: '2m', backendRequest: '0s' }, undefined],
    [{}, 60_000],
  ])('with timeouts %j last %s ms', (timeouts, milliseconds) => {
    expect(ruleOf(load(complete(route([{ ...toA, timeouts }]))))?.requestTimeoutMs).toBe(
      milliseconds,
    )
  })

  it.each([
    [{ request: '2m', backendRequest: '10s' }, 120_000, 10_000],
    [{ backendRequest: '10s' }, 60_000, 10_000],
    [{ request: '0s', backendRequest: '10s' }, undefined, 10_000],
    [{ request: '2m' }, 120_000, undefined],
  ])('with retries and timeouts %j last %s ms, an attempt %s ms', (timeouts, whole, attempt) => {
    const rule = ruleOf(load(complete(route([{ ...toA, timeouts }]), policy({ retry: {} }))))
    expect(rule?.requestTimeoutMs).toBe(whole)
    expect(rule?.retry?.perRetryTimeoutMs).toBe(attempt)
  })

  it("prefer the policy's limit of an attempt to their own", () => {
    const retry = { perRetry: { timeout: '3s' } }
    const rules = [{ ...toA, timeouts: { backendRequest: '10s' } }]
    expect(ruleOf(load(complete(route(rules), policy({ retry }))))?.retry?.perRetryTimeoutMs).toBe(
      3000,
    )
  })

  it('may have no backend', () => {
    const result = load(complete(route([{}])))
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'ignored.unused' }])
    expect(ruleOf(result)?.backends).toEqual([])
  })

  it('need the backends that they name', () => {
    const result = load(complete(route([{ backendRefs: [{ name: 'a' }, { name: 'aa' }] }])))
    expect(result.spec).toBeUndefined()
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'ref.missing',
        path: 'spec.rules[0].backendRefs[1].name',
        message: `${at}spec.rules[0].backendRefs[1].name: there is no AIServiceBackend default/aa`,
        hint: 'did you mean a?',
      },
    ])
  })

  it('reach into no other namespace without a ReferenceGrant', () => {
    const result = load(complete(route([{ backendRefs: [{ name: 'a', namespace: 'other' }] }])))
    expect(result.spec).toBeUndefined()
    expect(result.diagnostics).toMatchObject([
      {
        severity: 'error',
        code: 'ref.not-granted',
        path: 'spec.rules[0].backendRefs[0].namespace',
        message: `${at}spec.rules[0].backendRefs[0].namespace: cross-namespace reference from AIGatewayRoute in namespace default to AIServiceBackend a in namespace other is not permitted: no ReferenceGrant in namespace other allows it`,
      },
    ])
  })

  it('are warned of when every weight is 0', () => {
    const result = load(complete(route([{ backendRefs: [{ name: 'a', weight: 0 }] }])))
    expect(ruleOf(result)?.backends[0]?.weight).toBe(0)
    expect(messages(result, 'warning')).toEqual([
      `${at}spec.rules[0].backendRefs: every weight is 0, so that no backend is ever chosen; requests fail`,
    ])
  })

  it('treat an empty modelNameOverride as none', () => {
    const result = load(complete(route([{ backendRefs: [{ name: 'a', modelNameOverride: '' }] }])))
    expect(ruleOf(result)?.backends[0]).not.toHaveProperty('modelNameOverride')
  })
})

describe('costs', () => {
  it('are counted once a key, the last one', () => {
    const llmRequestCosts = [
      { metadataKey: 'a', type: 'InputToken' },
      { metadataKey: 'b', type: 'OutputToken' },
      { metadataKey: 'a', type: 'TotalToken', cel: 'ignored' },
    ]
    expect(load(complete(route([toA], { llmRequestCosts }))).spec?.routes[0]?.costs).toEqual([
      { metadataKey: 'b', type: 'OutputToken' },
      { metadataKey: 'a', type: 'TotalToken' },
    ])
  })

  it('by CEL are kept', () => {
    const llmRequestCosts = [{ metadataKey: 'a', type: 'CEL', cel: 'input_tokens' }]
    const result = load(complete(route([toA], { llmRequestCosts })))
    expect(result.spec?.routes[0]?.costs).toEqual(llmRequestCosts)
    expect(result.diagnostics).toEqual([])
  })
})

describe('parents', () => {
  const routes = (spec: object, ...gateways: object[]) =>
    load(
      documents(gatewayClass, ...gateways, backend('a'), serviceBackend('a'), route([toA], spec)),
    )
  const http = { name: 'http', protocol: 'HTTP', port: 1975 }

  it('need not be named where there is one Gateway', () => {
    const result = routes({ parentRefs: undefined }, gateway())
    expect(said(result)).toEqual([])
    expect(result.spec?.routes).toHaveLength(1)
    expect(routes({ parentRefs: [] }, gateway()).spec?.routes).toHaveLength(1)
  })

  it('must be named where there are two', () => {
    const second = gateway({ listeners: [{ ...http, port: 2 }] }, 'second')
    const result = routes({ parentRefs: undefined }, gateway(), second)
    expect(result.spec?.routes).toEqual([])
    expect(result.diagnostics).toMatchObject([{ severity: 'warning', code: 'ref.parent' }])
  })

  it.each([
    [
      [{ name: 'g' }],
      'spec.parentRefs[0].name: there is no Gateway default/g; the route has no effect there',
    ],
    [
      [{ name: 'gw', namespace: 'x' }],
      'spec.parentRefs[0].name: there is no Gateway x/gw; the route has no effect there',
    ],
    [
      [{ name: 'gw', sectionName: 'x' }],
      'spec.parentRefs[0].sectionName: Gateway default/gw serves no such listener; the route has no effect there',
    ],
    [
      [{ name: 'gw', port: 80 }],
      'spec.parentRefs[0].port: Gateway default/gw serves no such listener; the route has no effect there',
    ],
  ])('that do not exist leave a route without effect, with a warning: %j', (parentRefs, text) => {
    const result = routes({ parentRefs }, gateway())
    expect(result.spec?.routes).toEqual([])
    expect(messages(result)).toEqual([at + text])
  })

  it('take routes of their own namespace unless they say otherwise', () => {
    const elsewhere = (from: string | undefined) => {
      const allowedRoutes = from === undefined ? undefined : { namespaces: { from } }
      const there = { ...gateway({ listeners: [{ ...http, allowedRoutes }] }) }
      const text = documents(gatewayClass, {
        ...there,
        metadata: { name: 'gw', namespace: 'infra' },
      })
      const parentRefs = [{ name: 'gw', namespace: 'infra' }]
      return load(documents(text, backend('a'), serviceBackend('a'), route([toA], { parentRefs })))
    }
    expect(elsewhere('All').spec?.routes).toHaveLength(1)
    for (const from of [undefined, 'Same', 'None', 'Selector']) {
      expect(elsewhere(from).spec?.routes).toEqual([])
      expect(messages(elsewhere(from), 'warning').join()).toContain(
        'takes no routes of namespace default',
      )
    }
  })

  it('may be single listeners: the route is served on their port alone', () => {
    const listeners = [http, { ...http, name: 'b', port: 2 }]
    const result = routes(
      { parentRefs: [{ name: 'gw', sectionName: 'b' }] },
      gateway({ listeners }),
    )
    expect(result.spec?.routes).toMatchObject([{ name: 'default/route', ports: [2] }])
    expect(result.diagnostics).toEqual([])
  })
})

describe('host names', () => {
  const withHosts = (hostnames: string[], ...listeners: (string | undefined)[]) =>
    load(
      documents(
        gatewayClass,
        gateway({
          listeners: listeners.map((hostname, index) => ({
            name: `l${index}`,
            protocol: 'HTTP',
            port: 1975,
            hostname,
          })),
        }),
        backend('a'),
        serviceBackend('a'),
        route([toA], { hostnames }),
      ),
    )

  it.each([
    [[], [undefined], []],
    [['x.a.com'], [undefined], ['x.a.com']],
    [[], ['a.com'], ['a.com']],
    [[], ['*.a.com'], ['*.a.com']],
    [['x.a.com', 'y.b.com'], ['*.a.com'], ['x.a.com']],
    [['*.a.com'], ['x.a.com'], ['x.a.com']],
    [['*.x.a.com'], ['*.a.com'], ['*.x.a.com']],
    [['*.a.com'], ['*.x.a.com'], ['*.x.a.com']],
    [['a.com'], ['a.com'], ['a.com']],
    [['x.y.a.com'], ['*.a.com'], ['x.y.a.com']],
    [[], ['a.com', undefined], ['a.com', '*']],
    [['c.com'], ['a.com', undefined], ['c.com']],
    [[], ['a.com', 'b.com'], ['a.com', 'b.com']],
  ])('of a route %j on listeners %j are %j', (own, listeners, both) => {
    const [served] = withHosts(own, ...listeners).spec?.routes ?? []
    expect(served?.hostnames).toEqual(both)
    expect(served).not.toHaveProperty('ports')
  })

  it('are told apart by port', () => {
    const listeners = [
      { name: 'a', protocol: 'HTTP', port: 1, hostname: 'a.com' },
      { name: 'b', protocol: 'HTTP', port: 2, hostname: 'b.com' },
      { name: 'c', protocol: 'HTTP', port: 3, hostname: 'b.com' },
      { name: 'd', protocol: 'HTTP', port: 4, hostname: 'c.com' },
    ]
    const hostnames = ['a.com', 'b.com']
    const result = load(
      documents(
        gatewayClass,
        gateway({ listeners }),
        backend('a'),
        serviceBackend('a'),
        route([toA], { hostnames }),
      ),
    )
    expect(result.spec?.routes.map(({ hostnames, ports }) => ({ hostnames, ports }))).toEqual([
      { hostnames: ['a.com'], ports: [1] },
      { hostnames: ['b.com'], ports: [2, 3] },
    ])
  })

  it.each([
    [['b.com'], 'a.com'],
    [['a.com'], '*.a.com'],
    [['xa.com'], '*.a.com'],
    [['*.b.com'], '*.a.com'],
  ])('without one in common leave the route out: %j and %s', (own, listener) => {
    const result = withHosts(own, listener)
    expect(result.spec?.routes).toEqual([])
    expect(messages(result)).toEqual([
      `${at}spec.hostnames: none of its host names is one of listener l0 of Gateway default/gw; the route is not served`,
    ])
  })
})

describe('BackendTrafficPolicy', () => {
  const defaults = {
    numRetries: 2,
    triggers: [
      'connect-failure',
      'refused-stream',
      'unavailable',
      'cancelled',
      'retriable-status-codes',
    ],
    httpStatusCodes: [503],
    backOffBaseMs: 25,
    backOffMaxMs: 250,
  }

  it.each([
    [{}, defaults],
    [{ numRetries: 0 }, { ...defaults, numRetries: 0 }],
    [{ retryOn: {} }, { ...defaults, httpStatusCodes: [] }],
    [{ retryOn: { httpStatusCodes: [429] } }, { ...defaults, httpStatusCodes: [429] }],
    [{ retryOn: { triggers: [] } }, { ...defaults, httpStatusCodes: [] }],
    [
      { retryOn: { triggers: ['reset', '5xx'] } },
      { ...defaults, triggers: ['reset', '5xx'], httpStatusCodes: [] },
    ],
    [{ numAttemptsPerPriority: 1 }, { ...defaults, numAttemptsPerPriority: 1 }],
    [
      { perRetry: { timeout: '30s', backOff: { baseInterval: '100ms', maxInterval: '1s' } } },
      { ...defaults, perRetryTimeoutMs: 30_000, backOffBaseMs: 100, backOffMaxMs: 1000 },
    ],
    [
      { perRetry: { timeout: '0s', backOff: { baseInterval: '100ms' } } },
      { ...defaults, backOffBaseMs: 100, backOffMaxMs: 1000 },
    ],
    [{ perRetry: { backOff: { maxInterval: '10ms' } } }, { ...defaults, backOffMaxMs: 25 }],
  ])('with retry %j retries as %j', (retry, compiled) => {
    const result = load(complete(route([toA]), policy({ retry })))
    expect(said(result)).toEqual([])
    expect(ruleOf(result)?.retry).toEqual(compiled)
  })

  it('without retry gives a rule none', () => {
    expect(ruleOf(load(complete(route([toA]), policy({})))))?.not.toHaveProperty('retry')
  })

  it.each([
    [
      { triggers: ['nope'] },
      'spec.retry.retryOn.triggers[0]: Unsupported value: "nope": supported values: "5xx",',
    ],
    [
      { httpStatusCodes: [99] },
      'spec.retry.retryOn.httpStatusCodes[0]: Invalid value: 99: must be a whole number between 100 and 600',
    ],
  ])('refuses retryOn %j', (retryOn, text) => {
    const [message] = messages(
      load(complete(route([toA]), policy({ retry: { retryOn } }))),
      'error',
    )
    expect(message).toContain(`BackendTrafficPolicy default/policy: ${text}`)
  })

  it.each([
    [
      { triggers: ['reset'], httpStatusCodes: [500] },
      'httpStatusCodes has no effect without the trigger retriable-status-codes',
    ],
    [
      { triggers: ['retriable-status-codes'] },
      'the trigger retriable-status-codes has no effect without httpStatusCodes',
    ],
  ])('warns of retryOn %j', (retryOn, text) => {
    expect(
      messages(load(complete(route([toA]), policy({ retry: { retryOn } }))), 'warning'),
    ).toEqual([`BackendTrafficPolicy default/policy: spec.retry.retryOn: ${text}`])
  })

  it.each([
    ['5m', 300_000],
    ['0s', 0],
  ])('limits the silence towards a client: %s', (streamIdleTimeout, ms) => {
    const result = load(
      complete(route([toA]), policy({ timeout: { http: { streamIdleTimeout } } })),
    )
    expect(messages(result, 'warning')).toEqual([])
    expect(result.spec?.routes[0]?.rules[0]?.clientIdleTimeoutMs).toBe(ms)
  })

  it('of the rule comes before route, listener and Gateway, as a whole', () => {
    const of = (name: string, numRetries: number, target: object) =>
      policy({ retry: { numRetries } }, target, name)
    const gatewayTarget = { kind: 'Gateway', name: 'gw' }
    const all = [
      of('gateway', 1, gatewayTarget),
      of('listener', 2, { ...gatewayTarget, sectionName: 'http' }),
      of('route', 3, { group: 'aigateway.envoyproxy.io', kind: 'AIGatewayRoute' }),
      of('rule', 4, { sectionName: 'named' }),
    ]
    const rules = [{ ...toA, name: 'named' }, toA]
    const retries = (...policies: object[]) => {
      const { spec } = load(complete(route(rules), ...policies))
      return spec?.routes[0]?.rules.map(({ retry }) => retry?.numRetries)
    }
    expect(retries()).toEqual([undefined, undefined])
    expect(retries(...all.slice(0, 1))).toEqual([1, 1])
    expect(retries(...all.slice(0, 2))).toEqual([2, 2])
    expect(retries(...all.slice(0, 3))).toEqual([3, 3])
    expect(retries(...all)).toEqual([4, 3])
    const empty = policy({}, { sectionName: 'named' }, 'rule')
    expect(retries(...all.slice(0, 3), empty)).toEqual([undefined, 3])
  })

  it('is the first of two on one target, however the route is called', () => {
    const second = policy(
      { retry: { numRetries: 9 } },
      { group: 'aigateway.envoyproxy.io', kind: 'AIGatewayRoute' },
      'second',
    )
    const result = load(complete(route([toA]), policy({ retry: { numRetries: 1 } }), second))
    expect(ruleOf(result)?.retry?.numRetries).toBe(1)
    expect(messages(result)).toEqual([
      'BackendTrafficPolicy default/second: spec.targetRefs[0]: BackendTrafficPolicy default/policy already applies to this target; this one has no effect on it',
    ])
  })

  it.each([
    [{ name: 'rout' }, 'ref.missing', 'did you mean route?'],
    [{ sectionName: 'name' }, 'ref.missing-section', 'did you mean named?'],
    [{ kind: 'GRPCRoute' }, 'ignored.target', undefined],
  ])('warns of the target %j', (target, code, hint) => {
    const text = complete(route([{ ...toA, name: 'named' }]), policy({ retry: {} }, target))
    const { diagnostics } = load(text)
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]?.code).toBe(code)
    expect(diagnostics[0]?.hint).toBe(hint)
  })

  it('needs targets', () => {
    const text = complete(
      route([toA]),
      resource('BackendTrafficPolicy', 'p', { spec: { retry: {} } }),
    )
    expect(messages(load(text), 'error')).toEqual([
      'BackendTrafficPolicy default/p: spec: either targetRef or targetRefs must be used',
    ])
  })

  it.each(['rateLimit', 'responseOverride', 'mergeType', 'targetSelectors'])(
    'warns of %s, which has no effect yet',
    (field) => {
      const { diagnostics } = load(complete(route([toA]), policy({ [field]: {} })))
      expect(diagnostics).toMatchObject([
        { severity: 'warning', code: 'unsupported.field', path: `spec.${field}` },
      ])
    },
  )

  it.each([
    'compression',
    'httpUpgrade',
    'dns',
    'http2',
    'proxyProtocol',
    'telemetry',
    'connection',
  ])('warns of %s, which means nothing here', (field) => {
    const { diagnostics } = load(complete(route([toA]), policy({ [field]: {} })))
    expect(diagnostics).toMatchObject([
      { severity: 'warning', code: 'ignored.field', path: `spec.${field}` },
    ])
  })

  it('has a requestTimeout that never applies', () => {
    const timeout = { http: { requestTimeout: '1s' } }
    const result = load(complete(route([toA]), policy({ timeout })))
    expect(ruleOf(result)?.requestTimeoutMs).toBe(60_000)
    expect(result.diagnostics).toMatchObject([
      { severity: 'warning', code: 'ignored.field', path: 'spec.timeout.http.requestTimeout' },
    ])
  })

  it('says how long connecting may take', () => {
    const timeout = { tcp: { connectTimeout: '3s' } }
    const result = load(
      complete(backend('b'), serviceBackend('b'), route([toA]), policy({ timeout })),
    )
    expect(result.spec?.backends['default/a']?.connectTimeoutMs).toBe(3000)
    expect(result.spec?.backends['default/b']?.connectTimeoutMs).toBe(10_000)
  })

  it('warns when two disagree on how long connecting to one backend may take', () => {
    const within = (connectTimeout: string) => ({ timeout: { tcp: { connectTimeout } } })
    const slow = { headers: [{ name: 'x', value: 'slow' }] }
    const rules = [toA, { ...toA, name: 'slow', matches: [slow] }]
    const result = load(
      complete(
        route(rules),
        policy(within('3s')),
        policy(within('9s'), { sectionName: 'slow' }, 'q'),
      ),
    )
    expect(result.spec?.backends['default/a']?.connectTimeoutMs).toBe(3000)
    expect(result.diagnostics).toMatchObject([{ code: 'unsupported.connection' }])
  })
})

describe('priorities', () => {
  const two = {
    backendRefs: [{ name: 'a' }, { name: 'b', priority: 1 }, { name: 'b', priority: 1 }],
  }
  const second = { ...toA, matches: [{ headers: [{ name: 'x', value: 'y' }] }] }
  const withRule = (annotations: object, ...more: object[]) => {
    const annotated = { ...route([two, second]), metadata: { name: 'route', annotations } }
    return load(complete(backend('b'), serviceBackend('b'), annotated, ...more))
  }

  it.each([[], [policy({ retry: {} })]])(
    'without numAttemptsPerPriority are warned of',
    (...more) => {
      expect(messages(withRule({}, ...more))).toEqual([
        `${at}spec.rules[0].backendRefs: backends of a higher priority number are never tried: no BackendTrafficPolicy with retry.numAttemptsPerPriority applies`,
      ])
    },
  )

  it('with numAttemptsPerPriority are fine', () => {
    expect(said(withRule({}, policy({ retry: { numAttemptsPerPriority: 1 } })))).toEqual([])
  })

  it('fall back by an annotation', () => {
    const result = withRule({ 'aigw.run/auto-fallback': 'true' })
    expect(said(result)).toEqual([])
    expect(ruleOf(result)?.retry).toEqual({
      numRetries: 1,
      numAttemptsPerPriority: 1,
      triggers: ['connect-failure', 'gateway-error', 'reset', 'retriable-status-codes'],
      httpStatusCodes: [429, 500, 501, 502, 503, 504, 529],
      backOffBaseMs: 25,
      backOffMaxMs: 250,
    })
    expect(ruleOf(result, 1)).not.toHaveProperty('retry')
  })

  it('follow a policy rather than the annotation', () => {
    const retry = { numRetries: 7, numAttemptsPerPriority: 2 }
    const result = withRule({ 'aigw.run/auto-fallback': 'true' }, policy({ retry }))
    expect(ruleOf(result)?.retry).toMatchObject(retry)
  })

  it('do not follow an annotation that says no', () => {
    expect(ruleOf(withRule({ 'aigw.run/auto-fallback': 'false' }))).not.toHaveProperty('retry')
  })
})
