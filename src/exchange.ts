// The one mutable record of a request: what it met on its way, and its one end.
import type { Call, Endpoint } from './endpoints/endpoint.ts'
import type { GatewayError } from './errors.ts'
import type { Backend, Route } from './routing/route.ts'
import type { StreamEnd } from './streams/stream-translator.ts'
import type { Target } from './translate/translator.ts'
import { mergeUsage, type Usage } from './usage/usage.ts'

/** One try at one backend, as a finished fact. */
export interface AttemptRecord {
  /** From 0; attempts that needed no network count too. */
  readonly index: number
  readonly backend: Backend
  readonly target: Target
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** The provider's status; absent where it gave none. */
  readonly status: number | undefined
  readonly error: GatewayError | undefined
}

export interface Exchange {
  readonly endpoint: Endpoint
  readonly startedAt: number
  readonly attempts: AttemptRecord[]
  /** The client's model; `''` until it is known. */
  model: string
  route: Route | undefined
  usage: Usage
  responseModel: string | undefined
  /** When the first content came, of a stream. */
  firstChunkAt: number | undefined
  /** What the client got. */
  status: number
  error: GatewayError | undefined
  outcome: StreamEnd | undefined
  endedAt: number | undefined
  /** Merges a report of token counts: providers report cumulative numbers. */
  count(usage: Usage): void
  /** Work to do at the end: timers to cancel, listeners to take off. */
  defer(work: () => void): void
  /** The first call wins: usage is settled once, whatever ends first. */
  finish(how: StreamEnd): void
}

/** May look, never change. What it throws is logged and goes no further. */
export interface Observer {
  start?(exchange: Exchange, call: Call): void
  /** Each event of an answer in the client's dialect; where absent, frames are not parsed for it. */
  chunk?(exchange: Exchange, value: unknown): void
  finish?(exchange: Exchange): void | Promise<void>
}

export function createExchange(
  endpoint: Endpoint,
  now: () => number,
  settle: (exchange: Exchange) => void,
): Exchange {
  const deferred: (() => void)[] = []
  const exchange: Exchange = {
    endpoint,
    startedAt: now(),
    attempts: [],
    model: '',
    route: undefined,
    usage: {},
    responseModel: undefined,
    firstChunkAt: undefined,
    status: 0,
    error: undefined,
    outcome: undefined,
    endedAt: undefined,
    count(usage) {
      exchange.usage = mergeUsage(exchange.usage, usage)
    },
    defer(work) {
      deferred.push(work)
    },
    finish(how) {
      if (exchange.outcome !== undefined) return
      exchange.outcome = how
      exchange.endedAt = now()
      for (const work of deferred) work()
      settle(exchange)
    },
  }
  return exchange
}
