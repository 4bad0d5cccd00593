// What a request takes up while a try is under way: a place in its rule's bounds, and the attention of its endpoint.
// Given back before the next try, or when the exchange ends.

import { type Cancellation, unlessCancelled } from './cancellation.ts'
import { connectionMessage } from './connection-failure.ts'
import { GatewayError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { CircuitBreaker } from './routing/circuit-breaker.ts'
import type { EndpointState } from './routing/endpoint-state.ts'

export interface Occupancy {
  /** Why there is no place to be had; undefined where there is. */
  enter(endpoint: EndpointState, cancellation: Cancellation): Promise<GatewayError | undefined>
  /** Whether one more retry may be under way; if so, what the last try took up is given back. */
  again(): boolean
}

const overloaded = () =>
  new GatewayError('overloaded', connectionMessage('overflow'), {
    headers: { 'x-envoy-overloaded': 'true' },
  })

/** A try is stopped with nothing else. */
const toRefusal = (reason: unknown) =>
  GatewayError.is(reason) ? reason : new GatewayError('internal', 'the wait was cancelled')

export function createOccupancy(
  breaker: CircuitBreaker | undefined,
  exchange: Pick<Exchange, 'defer'>,
): Occupancy {
  let leave = () => {}
  let endRetry: (() => void) | undefined
  exchange.defer(() => {
    leave()
    endRetry?.()
  })
  return {
    async enter(endpoint, cancellation) {
      leave()
      const place = breaker?.enter()
      if (breaker !== undefined && place === undefined) return overloaded()
      leave = () => place?.leave()
      if (place?.turn !== undefined) {
        const refusal = await unlessCancelled(place.turn, cancellation).catch(toRefusal)
        if (refusal !== undefined) return refusal
      }
      endpoint.active++
      leave = () => {
        leave = () => {}
        endpoint.active--
        place?.leave()
      }
      return undefined
    },
    again() {
      endRetry?.()
      endRetry = breaker?.takeRetry()
      if (breaker !== undefined && endRetry === undefined) return false
      leave()
      return true
    },
  }
}
