// BackendTrafficPolicy (https://gateway.envoyproxy.io/docs/api/extension_types/): retries, time limits, health of
// endpoints, load balancing, bounds, faults on purpose.
import * as v from 'valibot'
import { ignored, remark, silent, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { hasTargets, missingTargets, trafficTargets } from '../fields/traffic-targets.ts'
import { byteQuantity, duration, headerName, integer, nonEmptyText } from '../fields/values.ts'

const retryTriggers = [
  '5xx',
  'gateway-error',
  'reset',
  'reset-before-request',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
] as const

const retryOn = v.pipe(
  v.object({
    triggers: v.optional(v.array(v.picklist(retryTriggers)), []),
    httpStatusCodes: v.optional(v.array(integer(100, 600)), []),
  }),
  remark('ignored.retry', (value) => describeIdleStatusCodes(value)),
)

/** Codes and their trigger work only together; either alone is most likely a slip. */
function describeIdleStatusCodes(value: unknown): string | undefined {
  const triggers = readList(value, 'triggers')
  const codes = readList(value, 'httpStatusCodes')
  const usesCodes = triggers.length === 0 || triggers.includes('retriable-status-codes')
  if (codes.length > 0 && !usesCodes) {
    return 'httpStatusCodes has no effect without the trigger retriable-status-codes'
  }
  if (codes.length === 0 && triggers.includes('retriable-status-codes')) {
    return 'the trigger retriable-status-codes has no effect without httpStatusCodes'
  }
  return undefined
}

function readList(value: unknown, key: string): readonly unknown[] {
  const list = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  return Array.isArray(list) ? list : []
}

const retry = v.object({
  numRetries: v.optional(integer(0), 2),
  numAttemptsPerPriority: v.optional(integer(1)),
  retryOn: v.optional(retryOn),
  perRetry: v.optional(
    v.object({
      timeout: v.optional(duration),
      backOff: v.optional(
        v.object({
          baseInterval: v.optional(duration),
          maxInterval: v.optional(duration),
        }),
      ),
    }),
  ),
})

export type Retry = v.InferOutput<typeof retry>

const timeout = v.object({
  tcp: v.optional(v.object({ connectTimeout: v.optional(duration) })),
  http: v.optional(
    v.object({
      requestTimeout: ignored("never applies to AI routes: the rule's timeouts.request holds"),
      connectionIdleTimeout: v.optional(duration),
      maxConnectionDuration: unsupported(),
      maxStreamDuration: v.optional(duration),
      streamIdleTimeout: v.optional(duration),
    }),
  ),
})

const named = v.object({ name: headerName })

/** Which member holds what a type of hash is made of. */
const hashMembers = {
  SourceIP: undefined,
  Header: 'header',
  Headers: 'headers',
  Cookie: 'cookie',
  QueryParams: 'queryParams',
} as const

const consistentHash = v.pipe(
  v.object({
    type: v.picklist(['SourceIP', 'Header', 'Headers', 'Cookie', 'QueryParams']),
    header: v.optional(named),
    headers: v.optional(v.pipe(v.array(named), v.minLength(1))),
    cookie: v.optional(
      v.object({
        name: nonEmptyText('consistentHash.cookie.name'),
        ttl: unsupported('is not supported yet: no cookie is handed out'),
        attributes: unsupported('is not supported yet: no cookie is handed out'),
      }),
    ),
    queryParams: v.optional(
      v.pipe(
        v.array(v.object({ name: nonEmptyText('consistentHash.queryParams.name') })),
        v.minLength(1),
      ),
    ),
    tableSize: silent(),
  }),
  v.check((hash) => {
    const member = hashMembers[hash.type]
    return member === undefined || hash[member] !== undefined
  }, 'If consistent hash type is not SourceIP, the field of that name must be set.'),
)

const loadBalancer = v.pipe(
  v.object({
    type: v.optional(
      v.picklist(['LeastRequest', 'RoundRobin', 'Random', 'ConsistentHash']),
      'LeastRequest',
    ),
    consistentHash: v.optional(consistentHash),
    slowStart: ignored(),
    zoneAware: ignored(),
    endpointOverride: unsupported(),
  }),
  v.check(
    ({ type, consistentHash: hash }) => (type === 'ConsistentHash') === (hash !== undefined),
    'If LoadBalancer type is consistentHash, consistentHash field needs to be set.',
  ),
)

export type LoadBalancer = v.InferOutput<typeof loadBalancer>

const percentage = v.pipe(v.number(), v.minValue(0), v.maxValue(100))

const healthCheck = v.object({
  active: unsupported(),
  passive: v.optional(
    v.object({
      splitExternalLocalOriginErrors: v.optional(v.boolean(), false),
      interval: v.optional(duration, '3s'),
      consecutiveLocalOriginFailures: v.optional(integer(0), 5),
      consecutiveGatewayErrors: v.optional(integer(0), 0),
      consecutive5XxErrors: v.optional(integer(0), 5),
      baseEjectionTime: v.optional(duration, '30s'),
      maxEjectionPercent: v.optional(integer(0, 100), 10),
      failurePercentageThreshold: unsupported(),
      alwaysEjectOneEndpoint: v.optional(v.boolean(), false),
    }),
  ),
  panicThreshold: v.optional(integer(0, 100), 50),
})

export type HealthCheck = v.InferOutput<typeof healthCheck>

const bound = v.optional(integer(0, 4_294_967_295), 1024)

const circuitBreaker = v.object({
  maxConnections: bound,
  maxPendingRequests: bound,
  maxParallelRequests: bound,
  maxParallelRetries: bound,
  maxRequestsPerConnection: v.optional(integer(0, 4_294_967_295)),
  perEndpoint: unsupported(),
})

export type CircuitBreaker = v.InferOutput<typeof circuitBreaker>

const faultInjection = v.pipe(
  v.object({
    delay: v.optional(v.object({ fixedDelay: duration, percentage: v.optional(percentage, 100) })),
    abort: v.optional(
      v.object({
        httpStatus: v.optional(integer(200, 600)),
        grpcStatus: ignored('has no effect: no gRPC is served here'),
        percentage: v.optional(percentage, 100),
      }),
    ),
  }),
  v.check(
    ({ delay, abort }) => delay !== undefined || abort !== undefined,
    'Delay and abort faults are set at least one.',
  ),
)

export type FaultInjection = v.InferOutput<typeof faultInjection>

export const backendTrafficPolicy = resourceObject({
  spec: v.pipe(
    v.object({
      ...trafficTargets,
      mergeType: unsupported('is not supported yet: the most specific policy holds as a whole'),
      retry: v.optional(retry),
      timeout: v.optional(timeout),
      rateLimit: unsupported('is not supported yet: requests are NOT limited'),
      loadBalancer: v.optional(loadBalancer),
      healthCheck: v.optional(healthCheck),
      circuitBreaker: v.optional(circuitBreaker),
      faultInjection: v.optional(faultInjection),
      requestBuffer: v.optional(v.object({ limit: byteQuantity })),
      responseOverride: unsupported(),
      connection: ignored('has no effect: responses are not held back here'),
      compression: ignored(),
      compressor: ignored(),
      httpUpgrade: ignored(),
      dns: ignored(),
      http2: ignored(),
      proxyProtocol: ignored(),
      telemetry: ignored(),
      useClientProtocol: ignored(),
      tcpKeepalive: ignored(),
      admissionControl: ignored(),
      bandwidthLimit: ignored(),
    }),
    v.check((spec) => hasTargets(spec), missingTargets),
  ),
})
