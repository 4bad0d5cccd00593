// What can end a try from outside: the client who leaves, the time of the request, the time of the try.
import { type Cancellation, createCancellation } from './cancellation.ts'
import type { GatewayError } from './errors.ts'
import type { BodyHost } from './streams/stream-host.ts'
import { describeFailure } from './streams/stream-state.ts'

export interface Lifeline {
  readonly cancellation: Cancellation
  /** Aborts the try, or ends its stream with a failure that the client reads. */
  stop(error: GatewayError): void
  /** From here on `stop` goes to the stream. */
  attach(host: BodyHost, failureType: string): void
}

export function createLifeline(): Lifeline {
  const cancellation = createCancellation()
  let host: BodyHost | undefined
  let type = ''
  return {
    cancellation,
    stop(error) {
      host?.interrupt(describeFailure(error, type))
      cancellation.cancel(error)
    },
    attach(streamHost, failureType) {
      host = streamHost
      type = failureType
    },
  }
}
