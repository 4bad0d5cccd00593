// What a compiled configuration gives a request: a route with backends, ready to be tried.
import type { BackendAuth } from '../auth/auth.ts'
import type { ApiSchema } from '../config/api-schema.ts'
import type { FaultSpec, ModelInfo } from '../config/config.ts'
import type { BodyMutation } from '../policies/body-mutation.ts'
import type { HeaderMutation } from '../policies/header-mutation.ts'
import type { HeaderReader, Transport } from '../ports.ts'
import type { Target } from '../translate/translator.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { EndpointState } from './endpoint-state.ts'
import type { Hashable } from './hash-key.ts'
import type { OutlierDetector } from './outlier-detection.ts'

export interface RouteKey {
  /** As the client sent it, with or without a port; `''` where unknown. */
  readonly host: string
  readonly headers: HeaderReader
  readonly model: string
}

export interface RouteTable {
  /** Whether any route serves the host. */
  serves(host: string): boolean
  match(key: RouteKey): Route | undefined
  /** The rule that leads to the host's only backend; undefined where there are several. */
  sole(host: string): Route | undefined
  /** What `/v1/models` lists for the host. */
  models(host: string): readonly ModelInfo[]
}

/** One rule of a route. */
export interface Route {
  /** `namespace/name/rule/index`. */
  readonly name: string
  readonly retry: RetryRule
  /** The whole request, streaming and all attempts included. */
  readonly requestTimeoutMs: number | undefined
  /** Silence of one attempt, before the first byte or between two. */
  readonly streamIdleTimeoutMs: number | undefined
  /** Silence towards the client, all attempts included; 0: no limit; absent: the listener's. */
  readonly clientIdleTimeoutMs: number | undefined
  /** What is said when the time of `requestTimeoutMs` is over. */
  readonly timeoutError: { readonly message: string; readonly status?: number }
  /** Bytes of a request body. */
  readonly maxRequestBytes: number
  readonly backends: readonly Backend[]
  /** Why nobody is served; `backends` is empty then. */
  readonly refused: string | undefined
  readonly breaker: CircuitBreaker | undefined
  readonly outliers: OutlierDetector | undefined
  readonly fault: FaultSpec | undefined
  plan(random: () => number, request: Hashable): BackendPicker
}

/** Which backend is tried next. */
export interface BackendPicker {
  /** The next backend to try; nothing where none is usable. */
  next(): Backend | undefined
  /** Which of its endpoints: one that was not asked yet, if there is such a one. */
  endpointOf(backend: Backend): BackendEndpoint | undefined
  /** Never offer this one again: it cannot serve the request at all. */
  exclude(backend: Backend): void
  /** Whether a backend of another priority would come next or later. */
  hasOtherPriority(): boolean
  /** Go on with the next priority. */
  skipPriority(): void
}

/** An AIServiceBackend as one rule refers to it. */
export interface Backend {
  /** `namespace/name` of the AIServiceBackend. */
  readonly name: string
  readonly schema: ApiSchema
  readonly weight: number
  readonly priority: number
  readonly endpoints: readonly BackendEndpoint[]
  target(model: string): Target
  readonly auth: BackendAuth | undefined
  /** Headers that carry a per-request credential and go no further. */
  readonly credentialHeaders: readonly string[]
  readonly headerMutation: HeaderMutation | undefined
  readonly bodyMutation: BodyMutation | undefined
  /** Why no request can be served here. */
  readonly broken: string | undefined
}

export interface BackendEndpoint {
  /** Origin only, without a final slash: `https://api.openai.com`. */
  readonly origin: string
  /** `Host`; absent: that of the origin. */
  readonly hostHeader?: string
  /** One object for the life of the configuration: transports keep connections by it. */
  readonly transport: Transport
  readonly state: EndpointState
}

export interface RetryRule {
  /** Attempts after the first. */
  readonly retries: number
  readonly attemptsPerPriority: number | undefined
  readonly perTryTimeoutMs: number | undefined
  retryable(outcome: AttemptOutcome): boolean
  /** How long to wait before the retry with this index, from 1. */
  delayMs(index: number, random: () => number): number
}
