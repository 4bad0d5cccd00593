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

function withPolicy(spec: object) {
  const targetRefs = [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'route' }]
  const policy = resource('BackendTrafficPolicy', 'policy', { spec: { targetRefs, ...spec } })
  return load(complete(route([toA]), policy))
}

const bounds = {
  maxConnections: 1024,
  maxPendingRequests: 1024,
  maxParallelRequests: 1024,
  maxParallelRetries: 1024,
}
const health = {
  consecutive5xx: 5,
  consecutiveGatewayErrors: 0,
  consecutiveLocalFailures: 5,
  splitLocalOrigin: false,
  intervalMs: 3000,
  baseEjectionMs: 30_000,
  maxEjectionPercent: 100,
  alwaysEjectOne: false,
  panicThreshold: 50,
}
const passive = { maxEjectionPercent: 100 }
const hashed = (hash: object) => ({ type: 'ConsistentHash', hash })
const byHash = (consistentHash: object) => ({
  loadBalancer: { type: 'ConsistentHash', consistentHash },
})

describe('BackendTrafficPolicy', () => {
  it.each<[object, object]>([
    [{ loadBalancer: {} }, { loadBalancer: { type: 'LeastRequest' } }],
    [{ loadBalancer: { type: 'RoundRobin' } }, { loadBalancer: { type: 'RoundRobin' } }],
    [byHash({ type: 'SourceIP' }), { loadBalancer: hashed({ type: 'SourceIP' }) }],
    [
      byHash({ type: 'Header', header: { name: 'X-User' }, tableSize: 7 }),
      { loadBalancer: hashed({ type: 'Headers', names: ['x-user'] }) },
    ],
    [
      byHash({ type: 'Headers', headers: [{ name: 'a' }, { name: 'b' }] }),
      { loadBalancer: hashed({ type: 'Headers', names: ['a', 'b'] }) },
    ],
    [
      byHash({ type: 'Cookie', cookie: { name: 'Session' } }),
      { loadBalancer: hashed({ type: 'Cookie', name: 'Session' }) },
    ],
    [
      byHash({ type: 'QueryParams', queryParams: [{ name: 'user' }] }),
      { loadBalancer: hashed({ type: 'QueryParams', names: ['user'] }) },
    ],
    [{ healthCheck: {} }, {}],
    [{ healthCheck: { passive } }, { outliers: health }],
    [
      {
        healthCheck: {
          panicThreshold: 0,
          passive: {
            consecutive5XxErrors: 1,
            consecutiveGatewayErrors: 2,
            consecutiveLocalOriginFailures: 3,
            splitExternalLocalOriginErrors: true,
            interval: '1s',
            baseEjectionTime: '1m',
            maxEjectionPercent: 100,
          },
        },
      },
      {
        outliers: {
          consecutive5xx: 1,
          consecutiveGatewayErrors: 2,
          consecutiveLocalFailures: 3,
          splitLocalOrigin: true,
          intervalMs: 1000,
          baseEjectionMs: 60_000,
          maxEjectionPercent: 100,
          alwaysEjectOne: false,
          panicThreshold: 0,
        },
      },
    ],
    [{ circuitBreaker: {} }, { circuitBreaker: bounds }],
    [
      { circuitBreaker: { maxParallelRequests: 0, maxParallelRetries: 3 } },
      { circuitBreaker: { ...bounds, maxParallelRequests: 0, maxParallelRetries: 3 } },
    ],
    [
      { faultInjection: { delay: { fixedDelay: '2s' } } },
      { fault: { delay: { ms: 2000, percentage: 100 } } },
    ],
    [
      { faultInjection: { abort: { httpStatus: 503, percentage: 0.5 } } },
      { fault: { abort: { status: 503, percentage: 0.5 } } },
    ],
    [{ timeout: { http: { maxStreamDuration: '10m' } } }, { maxStreamDurationMs: 600_000 }],
    [{ timeout: { http: { maxStreamDuration: '0s' } } }, {}],
    [{ requestBuffer: { limit: '32Ki' } }, { maxRequestBytes: 32_768 }],
  ])('with %j gives a rule %j', (spec, compiled) => {
    const result = withPolicy(spec)
    expect(said(result)).toEqual([])
    expect(result.spec?.routes[0]?.rules).toEqual([
      {
        matches: [],
        backends: [{ backend: 'default/a', weight: 1, priority: 0 }],
        requestTimeoutMs: 60_000,
        modelsOwnedBy: 'Envoy AI Gateway',
        ...compiled,
      },
    ])
  })

  it.each([
    [{ loadBalancer: { type: 'Fastest' } }, 'spec.loadBalancer.type: Unsupported value: "Fastest"'],
    [{ loadBalancer: { type: 'ConsistentHash' } }, 'consistentHash field needs to be set'],
    [byHash({ type: 'Cookie' }), 'the field of that name must be set'],
    [
      { healthCheck: { passive: { maxEjectionPercent: 101 } } },
      'spec.healthCheck.passive.maxEjectionPercent: Invalid value: 101: must be a whole number between 0 and 100',
    ],
    [{ circuitBreaker: { maxConnections: -1 } }, 'spec.circuitBreaker.maxConnections'],
    [{ faultInjection: {} }, 'Delay and abort faults are set at least one.'],
    [
      { faultInjection: { abort: { httpStatus: 99 } } },
      'spec.faultInjection.abort.httpStatus: Invalid value: 99: must be a whole number between 200 and 600',
    ],
    [{ requestBuffer: {} }, 'spec.requestBuffer.limit'],
    [{ timeout: { http: { maxStreamDuration: 'long' } } }, 'spec.timeout.http.maxStreamDuration'],
  ])('refuses %j', (spec, text) => {
    expect(messages(withPolicy(spec), 'error').join()).toContain(text)
  })

  it.each([
    [{ healthCheck: { active: {}, passive } }, 'spec.healthCheck.active'],
    [{ circuitBreaker: { perEndpoint: {} } }, 'spec.circuitBreaker.perEndpoint'],
    [
      byHash({ type: 'Cookie', cookie: { name: 'a', ttl: '1h' } }),
      'spec.loadBalancer.consistentHash.cookie.ttl',
    ],
  ])('warns of what has no effect yet in %j', (spec, path) => {
    expect(withPolicy(spec).diagnostics).toMatchObject([
      { severity: 'warning', code: 'unsupported.field', path },
    ])
  })

  it.each([
    [10, 1, '10 % of one endpoint is less than one, so that none is ever ejected', 100],
    [33, 3, '33 % of 3 endpoints is less than one, so that none is ever ejected', 34],
  ])('warns of checks that eject %i percent of %i', (maxEjectionPercent, count, text, enough) => {
    const result = withEndpoints(count, maxEjectionPercent)
    expect(messages(result)).toEqual([
      `BackendTrafficPolicy default/policy: spec.healthCheck.passive: ${text}`,
    ])
    expect(result.diagnostics[0]).toMatchObject({
      severity: 'warning',
      code: 'ignored.health-check',
      hint: `set maxEjectionPercent to ${enough} or more, or alwaysEjectOneEndpoint`,
    })
  })

  it('says nothing where one of the endpoints can be ejected', () => {
    expect(said(withEndpoints(3, 34))).toEqual([])
  })
})

it.each([
  [{ timeout: { http: { connectionIdleTimeout: '5m' } } }, { connectionIdleTimeoutMs: 300_000 }],
  [{ timeout: { http: { connectionIdleTimeout: '0s' } } }, {}],
  [{ timeout: { tcp: { connectTimeout: '3s' } } }, { connectTimeoutMs: 3000 }],
  [{ circuitBreaker: { maxRequestsPerConnection: 9 } }, { maxRequestsPerConnection: 9 }],
])('a policy with %j gives the backends of its rules %j', (spec, settings) => {
  const result = withPolicy(spec)
  expect(said(result)).toEqual([])
  const { connectTimeoutMs, connectionIdleTimeoutMs, maxRequestsPerConnection } =
    result.spec?.backends['default/a'] ?? {}
  expect({ connectTimeoutMs, connectionIdleTimeoutMs, maxRequestsPerConnection }).toEqual({
    connectTimeoutMs: 10_000,
    ...settings,
  })
})

function withEndpoints(count: number, maxEjectionPercent: number) {
  const endpoints = Array.from({ length: count }, (_, index) => ({
    ip: { address: `127.0.0.${index + 1}`, port: 80 },
  }))
  const spec = {
    targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'route' }],
    healthCheck: { passive: { maxEjectionPercent } },
  }
  return load(
    documents(
      gatewayClass,
      gateway(),
      backend('a', { endpoints }),
      serviceBackend('a'),
      route([toA]),
      resource('BackendTrafficPolicy', 'policy', { spec }),
    ),
  )
}
