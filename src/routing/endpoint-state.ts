// What is known of an endpoint, whichever configuration names it: a reload forgets nothing of one that stays.

export interface EndpointState {
  /** Requests under way, where somebody chooses by it. */
  active: number
  /** Failures in a row, of either origin; see outlier-detection.ts. */
  failures: number
  gatewayFailures: number
  localFailures: number
  /** In milliseconds of the clock that never goes back; undefined while it is not ejected. */
  ejectedUntil: number | undefined
  /** How often it was ejected lately: each time is longer than the one before. */
  ejections: number
  /** When it came back. */
  returnedAt: number
}

export const createEndpointState = (): EndpointState => ({
  active: 0,
  failures: 0,
  gatewayFailures: 0,
  localFailures: 0,
  ejectedUntil: undefined,
  ejections: 0,
  returnedAt: 0,
})
