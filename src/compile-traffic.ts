// What a rule's traffic policy says, made ready for requests: who is asked, how much at a time, and who is left alone.

import type { RuleSpec } from './config/config.ts'
import type { Ports } from './ports.ts'
import { type CircuitState, createCircuitBreaker } from './routing/circuit-breaker.ts'
import type { EndpointState } from './routing/endpoint-state.ts'
import { createHashKeyReader } from './routing/hash-key.ts'
import { createEndpointChooser } from './routing/load-balancer.ts'
import { createOutlierDetector, type OutlierDetector } from './routing/outlier-detection.ts'
import { createPicker, groupByPriority, type IsUsable, type Steering } from './routing/plan.ts'
import { rankByHash } from './routing/rendezvous.ts'
import type { Backend, Route } from './routing/route.ts'
import { authorityOf } from './url-parts.ts'

/** State that outlives a configuration, by what it belongs to. */
export interface KeptState {
  /** By what there is to know of how an endpoint is reached. */
  endpoint(key: string): EndpointState
  /** By a rule's name. */
  circuit(rule: string): CircuitState
}

type TrafficParts = Pick<
  Route,
  | 'backends'
  | 'breaker'
  | 'outliers'
  | 'fault'
  | 'maxRequestBytes'
  | 'requestTimeoutMs'
  | 'timeoutError'
  | 'plan'
>

export function compileTraffic(
  name: string,
  rule: RuleSpec,
  backends: readonly Backend[],
  attemptsPerPriority: number | undefined,
  ports: Pick<Ports, 'ticks' | 'log'>,
  kept: KeptState,
): TrafficParts {
  const groups = groupByPriority(backends)
  const outliers = compileOutliers(rule, backends, ports)
  return {
    backends,
    breaker: rule.circuitBreaker && createCircuitBreaker(rule.circuitBreaker, kept.circuit(name)),
    outliers,
    fault: rule.fault,
    maxRequestBytes: rule.maxRequestBytes ?? Number.POSITIVE_INFINITY,
    ...compileTimeout(rule),
    plan: compilePlan(rule, groups, attemptsPerPriority, outliers),
  }
}

/** Whichever is over first. */
function compileTimeout({
  requestTimeoutMs,
  maxStreamDurationMs,
}: RuleSpec): Pick<Route, 'requestTimeoutMs' | 'timeoutError'> {
  if (maxStreamDurationMs === undefined || maxStreamDurationMs >= (requestTimeoutMs ?? Infinity)) {
    return { requestTimeoutMs, timeoutError: { message: 'upstream request timeout' } }
  }
  return {
    requestTimeoutMs: maxStreamDurationMs,
    timeoutError: { message: 'upstream max stream duration reached', status: 408 },
  }
}

function compileOutliers(
  { outliers }: RuleSpec,
  backends: readonly Backend[],
  { ticks, log }: Pick<Ports, 'ticks' | 'log'>,
): OutlierDetector | undefined {
  if (outliers === undefined) return undefined
  const names = new Map<EndpointState, { readonly backend: string; readonly host: string }>()
  for (const { name, endpoints } of backends) {
    for (const { state, origin } of endpoints) {
      names.set(state, { backend: name, host: authorityOf(origin) })
    }
  }
  return createOutlierDetector({
    spec: outliers,
    endpoints: [...names.keys()],
    clock: { ticks },
    onEjected: (endpoint, forMs) =>
      log('warn', 'an endpoint failed too often and is left alone', {
        ...names.get(endpoint),
        forMs,
      }),
    onReturned: (endpoint) => log('info', 'an endpoint is asked again', names.get(endpoint)),
  })
}

function compilePlan(
  { loadBalancer = { type: 'LeastRequest' }, outliers: spec }: RuleSpec,
  groups: readonly (readonly Backend[])[],
  attemptsPerPriority: number | undefined,
  outliers: OutlierDetector | undefined,
): Route['plan'] {
  const plain: Steering = {
    chooseEndpoint: createEndpointChooser(loadBalancer.type),
    hashKey: undefined,
    chooseBackend: undefined,
    readHealth: outliers && createHealthReader(groups, outliers, spec?.panicThreshold ?? 0),
  }
  if (loadBalancer.type !== 'ConsistentHash') {
    return (random) => createPicker(groups, attemptsPerPriority, random, plain)
  }
  const readKey = createHashKeyReader(loadBalancer.hash)
  return (random, request) => {
    const hashKey = readKey(request)
    const steering =
      hashKey === undefined
        ? plain
        : {
            ...plain,
            hashKey,
            chooseBackend: (choices: readonly Backend[]) => chooseByHash(hashKey, choices),
          }
    return createPicker(groups, attemptsPerPriority, random, steering)
  }
}

/** Over all endpoints, each with its share of the weight: the same one is then chosen inside the backend. */
function chooseByHash(key: string, backends: readonly Backend[]): Backend | undefined {
  const places = backends.flatMap((backend) =>
    backend.endpoints.map(({ origin }) => ({ backend, origin })),
  )
  return rankByHash(key, places, ({ backend, origin }) => ({
    id: origin,
    weight: backend.weight / backend.endpoints.length,
  }))?.backend
}

/** With too few healthy endpoints at every priority health is disregarded: better to ask some than none. */
function createHealthReader(
  groups: readonly (readonly Backend[])[],
  outliers: OutlierDetector,
  panicThreshold: number,
): () => IsUsable | undefined {
  const isUsable: IsUsable = ({ state }) => !outliers.isEjected(state)
  const levels = groups.map((group) => group.flatMap(({ endpoints }) => endpoints))
  const isPoor = (level: (typeof levels)[number]) =>
    level.filter(isUsable).length * 100 < panicThreshold * level.length
  return () => (levels.every(isPoor) ? undefined : isUsable)
}
