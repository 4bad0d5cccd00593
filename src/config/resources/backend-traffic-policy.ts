// BackendTrafficPolicy (https://gateway.envoyproxy.io/docs/api/extension_types/): retries and time limits.
import * as v from 'valibot'
import { ignored, remark, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { hasTargets, missingTargets, trafficTargets } from '../fields/traffic-targets.ts'
import { duration, integer } from '../fields/values.ts'

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
      connectionIdleTimeout: unsupported(),
      maxConnectionDuration: unsupported(),
      maxStreamDuration: unsupported(),
      streamIdleTimeout: v.optional(duration),
    }),
  ),
})

export const backendTrafficPolicy = resourceObject({
  spec: v.pipe(
    v.object({
      ...trafficTargets,
      mergeType: unsupported('is not supported yet: the most specific policy holds as a whole'),
      retry: v.optional(retry),
      timeout: v.optional(timeout),
      rateLimit: unsupported('is not supported yet: requests are NOT limited'),
      loadBalancer: unsupported(),
      healthCheck: unsupported(),
      circuitBreaker: unsupported(),
      faultInjection: unsupported(),
      requestBuffer: unsupported("is not supported yet: use a ClientTrafficPolicy's bufferLimit"),
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
