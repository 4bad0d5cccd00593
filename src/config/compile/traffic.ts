// What a BackendTrafficPolicy says of a rule's backends besides retries: who is asked, how much, who is left alone.
import type {
  BackendSpec,
  CircuitBreakerSpec,
  FaultSpec,
  LoadBalancerSpec,
  OutlierSpec,
  RuleSpec,
} from '../config.ts'
import type { Resource } from '../resource-set.ts'
import type {
  CircuitBreaker,
  FaultInjection,
  HealthCheck,
  LoadBalancer,
} from '../resources/backend-traffic-policy.ts'
import type { Compilation } from './compilation.ts'

type TrafficPolicy = Resource<'BackendTrafficPolicy'>

export type TrafficOfRule = Pick<
  RuleSpec,
  | 'loadBalancer'
  | 'outliers'
  | 'circuitBreaker'
  | 'fault'
  | 'maxStreamDurationMs'
  | 'maxRequestBytes'
>

export function compileTraffic(policy: TrafficPolicy | undefined): TrafficOfRule {
  if (policy === undefined) return {}
  const { loadBalancer, healthCheck, circuitBreaker, faultInjection, requestBuffer, timeout } =
    policy.value.spec
  const outliers = healthCheck && compileOutliers(healthCheck)
  const duration = timeout?.http?.maxStreamDuration
  return {
    ...(loadBalancer === undefined ? {} : { loadBalancer: compileLoadBalancer(loadBalancer) }),
    ...(outliers === undefined ? {} : { outliers }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker: compileBreaker(circuitBreaker) }),
    ...(faultInjection === undefined ? {} : { fault: compileFault(faultInjection) }),
    ...(duration ? { maxStreamDurationMs: duration } : {}),
    ...(requestBuffer === undefined ? {} : { maxRequestBytes: requestBuffer.limit }),
  }
}

function compileLoadBalancer({ type, consistentHash }: LoadBalancer): LoadBalancerSpec {
  if (type !== 'ConsistentHash') return { type }
  const { type: by, header, headers = [], queryParams = [], cookie } = consistentHash ?? {}
  switch (by) {
    case 'Header':
      return { type, hash: { type: 'Headers', names: header === undefined ? [] : [header.name] } }
    case 'Headers':
      return { type, hash: { type: 'Headers', names: namesOf(headers) } }
    case 'QueryParams':
      return { type, hash: { type: 'QueryParams', names: namesOf(queryParams) } }
    case 'Cookie':
      return { type, hash: { type: 'Cookie', name: cookie?.name ?? '' } }
    default:
      return { type, hash: { type: 'SourceIP' } }
  }
}

const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name)

function compileOutliers({ passive, panicThreshold }: HealthCheck): OutlierSpec | undefined {
  if (passive === undefined) return undefined
  return {
    consecutive5xx: passive.consecutive5XxErrors,
    consecutiveGatewayErrors: passive.consecutiveGatewayErrors,
    consecutiveLocalFailures: passive.consecutiveLocalOriginFailures,
    splitLocalOrigin: passive.splitExternalLocalOriginErrors,
    intervalMs: passive.interval,
    baseEjectionMs: passive.baseEjectionTime,
    maxEjectionPercent: passive.maxEjectionPercent,
    alwaysEjectOne: passive.alwaysEjectOneEndpoint,
    panicThreshold,
  }
}

function compileBreaker(spec: CircuitBreaker): CircuitBreakerSpec {
  const { maxConnections, maxPendingRequests, maxParallelRequests, maxParallelRetries } = spec
  return { maxConnections, maxPendingRequests, maxParallelRequests, maxParallelRetries }
}

function compileFault({ delay, abort }: FaultInjection): FaultSpec {
  return {
    ...(delay === undefined
      ? {}
      : { delay: { ms: delay.fixedDelay, percentage: delay.percentage } }),
    ...(abort?.httpStatus === undefined
      ? {}
      : { abort: { status: abort.httpStatus, percentage: abort.percentage } }),
  }
}

/** A rule with passive health checks, and where they come from. */
export interface HealthChecked {
  readonly policy: TrafficPolicy
  readonly rule: RuleSpec
}

/** Of few endpoints a small share is none at all, in a cluster too: health checks that never do anything. */
export function warnOfIdleHealthChecks(
  { report }: Compilation,
  checks: readonly HealthChecked[],
  backends: Readonly<Record<string, BackendSpec>>,
): void {
  const told = new Set<TrafficPolicy>()
  for (const { policy, rule } of checks) {
    const count = rule.backends.reduce(
      (sum, { backend }) => sum + (backends[backend]?.endpoints.length ?? 0),
      0,
    )
    const { maxEjectionPercent: percent = 100, alwaysEjectOne = false } = rule.outliers ?? {}
    if (count === 0 || percent >= 100 / count || alwaysEjectOne || told.has(policy)) continue
    told.add(policy)
    report(policy, {
      severity: 'warning',
      code: 'ignored.health-check',
      path: ['spec', 'healthCheck', 'passive'],
      text: `${percent} % of ${count === 1 ? 'one endpoint' : `${count} endpoints`} is less than one, so that none is ever ejected`,
      hint: `set maxEjectionPercent to ${Math.ceil(100 / count)} or more, or alwaysEjectOneEndpoint`,
    })
  }
}
