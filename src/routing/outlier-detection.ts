// Passive health checks: an endpoint that fails several times in a row is left alone for a while
// (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier).
import type { OutlierSpec } from '../config/config.ts'
import type { Ports } from '../ports.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { EndpointState } from './endpoint-state.ts'

/** Longer than this no endpoint is ejected, save where the first time is longer already. */
const maxEjectionMs = 300_000

export interface OutlierDetector {
  isEjected(endpoint: EndpointState): boolean
  report(endpoint: EndpointState, outcome: AttemptOutcome): void
  /** Milliseconds until the next of those that are ejected comes back; 0 where none is. */
  returnsIn(): number
}

export interface OutlierOptions {
  readonly spec: OutlierSpec
  /** All that a rule may ask: only a share of them is ejected at a time. */
  readonly endpoints: readonly EndpointState[]
  readonly clock: Pick<Ports, 'ticks'>
  readonly onEjected: (endpoint: EndpointState, forMs: number) => void
  readonly onReturned: (endpoint: EndpointState) => void
}

const isGatewayError = (status: number) => status >= 502 && status <= 504

export function createOutlierDetector(options: OutlierOptions): OutlierDetector {
  const { spec, clock, onEjected, onReturned } = options
  const endpoints = new Set(options.endpoints)

  const isEjected = (endpoint: EndpointState): boolean => {
    if (endpoint.ejectedUntil === undefined) return false
    if (clock.ticks() < endpoint.ejectedUntil) return true
    endpoint.returnedAt = endpoint.ejectedUntil
    endpoint.ejectedUntil = undefined
    endpoint.failures = 0
    endpoint.gatewayFailures = 0
    endpoint.localFailures = 0
    onReturned(endpoint)
    return false
  }
  const eject = (endpoint: EndpointState) => {
    if (isEjected(endpoint)) return
    const ejected = [...endpoints].filter(isEjected).length
    const isTooMany = (100 * (ejected + 1)) / endpoints.size > spec.maxEjectionPercent
    if (isTooMany && !(spec.alwaysEjectOne && ejected === 0)) return
    const now = clock.ticks()
    const calm = Math.floor((now - endpoint.returnedAt) / spec.intervalMs)
    endpoint.ejections = Math.max(0, endpoint.ejections - calm) + 1
    const forMs = Math.min(
      spec.baseEjectionMs * endpoint.ejections,
      Math.max(maxEjectionMs, spec.baseEjectionMs),
    )
    endpoint.ejectedUntil = now + forMs
    onEjected(endpoint, forMs)
  }
  /** A limit of 0 is none. */
  const exceeds = (count: number, limit: number) => limit > 0 && count >= limit

  const countAnswer = (endpoint: EndpointState, status: number) => {
    endpoint.localFailures = 0
    endpoint.gatewayFailures = isGatewayError(status) ? endpoint.gatewayFailures + 1 : 0
    endpoint.failures = status >= 500 ? endpoint.failures + 1 : 0
  }
  const countFailure = (endpoint: EndpointState) => {
    endpoint.localFailures++
    if (spec.splitLocalOrigin) return
    endpoint.gatewayFailures++
    endpoint.failures++
  }
  return {
    isEjected,
    returnsIn() {
      const now = clock.ticks()
      const waits = [...endpoints].flatMap(({ ejectedUntil }) =>
        ejectedUntil === undefined || ejectedUntil <= now ? [] : [ejectedUntil - now],
      )
      return waits.length === 0 ? 0 : Math.min(...waits)
    },
    report(endpoint, outcome) {
      if (outcome.kind === 'answered') countAnswer(endpoint, outcome.status)
      else if (outcome.cause !== 'credential') countFailure(endpoint)
      if (
        exceeds(endpoint.failures, spec.consecutive5xx) ||
        exceeds(endpoint.gatewayFailures, spec.consecutiveGatewayErrors) ||
        (spec.splitLocalOrigin && exceeds(endpoint.localFailures, spec.consecutiveLocalFailures))
      ) {
        eject(endpoint)
      }
    },
  }
}
