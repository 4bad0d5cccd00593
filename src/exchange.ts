// The one mutable record of a request: what it met on its way, and its one end.
import type { Cancellation } from './cancellation.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import type { GatewayError } from './errors.ts'
import type { HeaderReader, Ports } from './ports.ts'
import type { Backend, Route } from './routing/route.ts'
import type { StreamEnd } from './streams/stream-translator.ts'
import type { Target } from './translate/translator.ts'
import { mergeUsage, type Usage } from './usage/usage.ts'

/** One try at one backend. The one under way is the last; what it came to is filled in later. */
export interface AttemptRecord {
  /** From 0; attempts that needed no network count too. */
  readonly index: number
  readonly backend: Backend
  readonly target: Target
  /** What was asked, for example `https://api.openai.com`. */
  readonly origin: string
  /** Milliseconds since the epoch, with a fraction. */
  readonly startedAt: number
  /** When its head or its failure was known. */
  endedAt: number | undefined
  /** Path and query at the provider; `''` until translated. */
  path: string
  /** The provider's; absent where there was no answer. */
  headers: HeaderReader | undefined
  /** The provider's status; absent where it gave none. */
  status: number | undefined
  error: GatewayError | undefined
}

/** The request as it came in, as far as an observer may look. */
export interface Incoming {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: HeaderReader
  /** `address:port` of the client and of our side, where the listener knows them. */
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
  /** For example `HTTP/1.1`. */
  readonly protocol?: string | undefined
}

/**
 * What a listener knows of a request that a web `Request` tells at a price, or not at all. Whatever is
 * absent is taken from the request.
 */
export interface RequestRuntime {
  readonly headers?: HeaderReader
  /** Whether the name of any header holds a `_`; absent: nobody has looked. */
  readonly hasUnderscores?: boolean
  /** Cancelled when the client goes away. */
  readonly client?: Cancellation
  /** `address:port` of the client and of our side. */
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
  /** For example `HTTP/1.1`. */
  readonly protocol?: string | undefined
  /** The body as it came, if it is no longer; rejects with a `GatewayError` (`too-large`). */
  readonly readBody?: (maxBytes: number) => Promise<Uint8Array<ArrayBuffer>>
}

/** A request as its listener tells it, else as it tells itself. */
export function describeIncoming(request: Request, runtime: RequestRuntime = {}): Incoming {
  return {
    method: request.method,
    url: request.url,
    headers: runtime.headers ?? request.headers,
    remoteAddress: runtime.remoteAddress,
    localAddress: runtime.localAddress,
    protocol: runtime.protocol,
  }
}

export interface Exchange {
  readonly endpoint: Endpoint
  readonly incoming: Incoming
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly attempts: AttemptRecord[]
  /** The client's model; `''` until it is known. */
  model: string
  /** Whether the client asks for a stream. */
  stream: boolean
  route: Route | undefined
  usage: Usage
  responseModel: string | undefined
  /** When the first bytes of the answering stream came. */
  firstChunkAt: number | undefined
  /** Pieces of body that the answering stream came in. */
  chunks: number
  /** Bytes of bodies, from and to the client. */
  receivedBytes: number
  sentBytes: number
  /** What the client got. */
  status: number
  error: GatewayError | undefined
  /** The body of an error as the client gets it; absent inside a stream. */
  errorBody: string | undefined
  outcome: StreamEnd | undefined
  endedAt: number | undefined
  /**
   * Belongs to tracing. Here, not in a map beside it: a map that loses as many entries as it gains leaves
   * tables behind that keep whole exchanges alive until the old generation is collected.
   */
  tracing: object | undefined
  /** Milliseconds since the epoch, with a fraction; never goes back during an exchange. */
  now(): number
  /** A new try: what an earlier one has counted is forgotten. */
  begin(attempt: Pick<AttemptRecord, 'backend' | 'target' | 'origin'>): AttemptRecord
  /** Merges a report of token counts: providers report cumulative numbers. */
  count(usage: Usage): void
  /** Work to do at the end: timers to cancel, listeners to take off. */
  defer(work: () => void): void
  /** The first call wins: usage is settled once, whatever ends first. */
  finish(how: StreamEnd): void
}

export function createExchange(
  endpoint: Endpoint,
  incoming: Incoming,
  clock: Pick<Ports, 'now' | 'ticks'>,
  settle: (exchange: Exchange) => void,
): Exchange {
  let deferred: (() => void)[] = []
  const startedAt = clock.now()
  const firstTick = clock.ticks()
  const exchange: Exchange = {
    endpoint,
    incoming,
    startedAt,
    attempts: [],
    model: '',
    stream: false,
    route: undefined,
    usage: {},
    responseModel: undefined,
    firstChunkAt: undefined,
    chunks: 0,
    receivedBytes: 0,
    sentBytes: 0,
    status: 0,
    error: undefined,
    errorBody: undefined,
    outcome: undefined,
    endedAt: undefined,
    tracing: undefined,
    now: () => startedAt + (clock.ticks() - firstTick),
    begin({ backend, target, origin }) {
      exchange.usage = {}
      exchange.responseModel = undefined
      exchange.firstChunkAt = undefined
      exchange.chunks = 0
      const attempt: AttemptRecord = {
        index: exchange.attempts.length,
        backend,
        target,
        origin,
        startedAt: exchange.now(),
        endedAt: undefined,
        path: '',
        headers: undefined,
        status: undefined,
        error: undefined,
      }
      exchange.attempts.push(attempt)
      return attempt
    },
    count(usage) {
      exchange.usage = mergeUsage(exchange.usage, usage)
    },
    defer(work) {
      deferred.push(work)
    },
    finish(how) {
      if (exchange.outcome !== undefined) return
      exchange.outcome = how
      exchange.endedAt = exchange.now()
      if (how === 'client-gone' && exchange.status === 0) {
        // What was to be sent reached nobody.
        exchange.sentBytes = 0
        exchange.errorBody = undefined
      }
      for (const work of deferred) work()
      // Whoever keeps the exchange for a while must not keep what the work was done with.
      deferred = []
      settle(exchange)
    },
  }
  return exchange
}
