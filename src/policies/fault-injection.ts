// Faults on purpose (BackendTrafficPolicy.spec.faultInjection;
// https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter).
import type { FaultSpec } from '../config/config.ts'

export interface Fault {
  readonly delayMs: number
  /** The status to answer with in a provider's stead. */
  readonly status: number | undefined
}

/** What befalls one request: delay and abort are decided apart. `random` is in [0, 1). */
export function decideFault({ delay, abort }: FaultSpec, random: () => number): Fault {
  const happens = (percentage: number) => random() * 100 < percentage
  return {
    delayMs: delay !== undefined && happens(delay.percentage) ? delay.ms : 0,
    status: abort !== undefined && happens(abort.percentage) ? abort.status : undefined,
  }
}
