// What hosts a stream translator, whatever its kind: the gateway's hold on a stream.
import type { BodyTransformer, StreamFailure } from './stream-translator.ts'

export interface BodyHost {
  readonly transformer: BodyTransformer
  /** From here on, the client is told of a failure. */
  release(): void
  /** Ends the stream with a failure from outside, for example a timeout. */
  interrupt(failure: StreamFailure): void
}

export interface BodyHostOptions {
  /** Bytes of one event, above which the stream fails. */
  readonly maxFrameBytes: number
  /** `error.type` of what the gateway itself finds wrong, for example `OpenAIBackendError`. */
  readonly failureType: string
}
