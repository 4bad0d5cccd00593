// BackendTrafficPolicy.spec.retry with its defaults
// (https://gateway.envoyproxy.io/docs/tasks/traffic/retry/, https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter).
import type { RetrySpec } from '../config.ts'
import type { Retry } from '../resources/backend-traffic-policy.ts'

const defaultTriggers = [
  'connect-failure',
  'refused-stream',
  'unavailable',
  'cancelled',
  'retriable-status-codes',
] as const
const defaultStatusCodes = [503]
const defaultBaseMs = 25

export function compileRetry({
  numRetries,
  numAttemptsPerPriority,
  retryOn,
  perRetry,
}: Retry): RetrySpec {
  const base = perRetry?.backOff?.baseInterval ?? defaultBaseMs
  const timeout = perRetry?.timeout ?? 0
  return {
    numRetries,
    ...(numAttemptsPerPriority === undefined ? {} : { numAttemptsPerPriority }),
    triggers:
      retryOn === undefined || retryOn.triggers.length === 0 ? defaultTriggers : retryOn.triggers,
    // Even an empty list takes the place of 503.
    httpStatusCodes: retryOn === undefined ? defaultStatusCodes : retryOn.httpStatusCodes,
    ...(timeout === 0 ? {} : { perRetryTimeoutMs: timeout }),
    backOffBaseMs: base,
    backOffMaxMs: Math.max(base, perRetry?.backOff?.maxInterval ?? base * 10),
  }
}

/** What `aigw.run/auto-fallback` asks for: one attempt at each priority. */
export function makeFallbackRetry(priorities: number): RetrySpec {
  return {
    numRetries: priorities - 1,
    numAttemptsPerPriority: 1,
    triggers: ['connect-failure', 'gateway-error', 'reset', 'retriable-status-codes'],
    httpStatusCodes: [429, 500, 501, 502, 503, 504, 529],
    backOffBaseMs: defaultBaseMs,
    backOffMaxMs: defaultBaseMs * 10,
  }
}
