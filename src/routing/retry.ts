// When to try again, and after which wait (BackendTrafficPolicy.spec.retry; the triggers are Envoy's
// x-envoy-retry-on: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter).
import type { RetrySpec } from '../config/config.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { RetryRule } from './route.ts'

/** Outcomes that need no retry policy to move on: they cost no network. */
const always = new Set(['credential'])

const never: RetryRule = {
  retries: 0,
  attemptsPerPriority: undefined,
  perTryTimeoutMs: undefined,
  retryable: (outcome) => outcome.kind === 'failed' && always.has(outcome.cause),
  delayMs: () => 0,
}

type Failure = Extract<AttemptOutcome, { kind: 'failed' }>['cause']

const onFailure: ReadonlyMap<string, readonly Failure[]> = new Map<string, readonly Failure[]>([
  ['5xx', ['connect', 'reset', 'timeout', 'idle', 'protocol']],
  ['gateway-error', ['connect', 'reset', 'timeout', 'idle', 'protocol']],
  ['reset', ['reset', 'idle', 'protocol']],
  ['connect-failure', ['connect']],
  // Only when nothing of the request was sent: with HTTP/1.1 that is a failure to connect.
  ['reset-before-request', ['connect']],
])

export function createRetryRule(spec: RetrySpec | undefined): RetryRule {
  if (spec === undefined) return never
  const triggers = new Set(spec.triggers)
  const statuses = new Set(triggers.has('retriable-status-codes') ? spec.httpStatusCodes : [])
  if (triggers.has('gateway-error')) for (const status of [502, 503, 504]) statuses.add(status)
  if (triggers.has('retriable-4xx')) statuses.add(409)
  const causes = new Set<string>(always)
  for (const trigger of triggers)
    for (const cause of onFailure.get(trigger) ?? []) causes.add(cause)
  return {
    retries: spec.numRetries,
    attemptsPerPriority: spec.numAttemptsPerPriority,
    perTryTimeoutMs: spec.perRetryTimeoutMs,
    retryable(outcome) {
      if (outcome.kind === 'failed') return causes.has(outcome.cause)
      return statuses.has(outcome.status) || (triggers.has('5xx') && outcome.status >= 500)
    },
    delayMs(index, random) {
      const range = spec.backOffBaseMs * (2 ** index - 1)
      return Math.min(random() * range, spec.backOffMaxMs)
    },
  }
}
