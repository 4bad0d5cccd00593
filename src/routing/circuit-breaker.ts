// Bounds on what a rule has under way (BackendTrafficPolicy.spec.circuitBreaker;
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/circuit_breaking).
import type { CircuitBreakerSpec } from '../config/config.ts'

/** What is under way for a rule, whichever configuration has let it in. */
export interface CircuitState {
  active: number
  retries: number
  readonly waiting: Set<() => void>
}

export const createCircuitState = (): CircuitState => ({
  active: 0,
  retries: 0,
  waiting: new Set(),
})

export interface Place {
  /** Resolves when its turn has come; absent: it has. */
  readonly turn?: Promise<void>
  /** Gives it back, or gives up waiting; more than once does no harm. */
  leave(): void
}

export interface CircuitBreaker {
  /** Undefined where all places are taken, those to wait in as well. */
  enter(): Place | undefined
  /** Undefined where enough is being tried again; else to be called when the retry is over. */
  takeRetry(): (() => void) | undefined
}

/** A request has a connection of its own for as long as it lasts, as HTTP/1.1 has it. */
export function createCircuitBreaker(
  spec: CircuitBreakerSpec,
  state: CircuitState,
): CircuitBreaker {
  const leaveOnce = () => {
    let left = false
    return () => {
      if (left) return
      left = true
      state.active--
      const [next] = state.waiting
      if (next !== undefined && state.active < spec.maxConnections) next()
    }
  }
  const wait = (): Place => {
    let wake = () => {}
    let leaveActive: (() => void) | undefined
    const turn = new Promise<void>((resolve) => {
      wake = () => {
        state.waiting.delete(wake)
        state.active++
        leaveActive = leaveOnce()
        resolve()
      }
    })
    state.waiting.add(wake)
    return {
      turn,
      leave() {
        state.waiting.delete(wake)
        leaveActive?.()
      },
    }
  }
  return {
    enter() {
      if (state.active >= spec.maxParallelRequests) return undefined
      if (state.active >= spec.maxConnections) {
        return state.waiting.size >= spec.maxPendingRequests ? undefined : wait()
      }
      state.active++
      return { leave: leaveOnce() }
    },
    takeRetry() {
      if (state.retries >= spec.maxParallelRetries) return undefined
      state.retries++
      let over = false
      return () => {
        if (!over) state.retries--
        over = true
      }
    },
  }
}
