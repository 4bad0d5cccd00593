// The outgoing side on Node: undici pools, dispatched with callbacks so that a body can be answered or
// transformed where its bytes arrive. https://undici.nodejs.org/#/docs/api/Dispatcher
// By its file: Bun puts a stand-in without pools in the place of the bare name.
import { Readable } from 'node:stream'
import { Client, type Dispatcher, Pool } from 'undici/index.js'
import { connectionError } from '../src/connection-failure.ts'
import {
  type BodyTransformer,
  cancellationOf,
  GatewayError,
  type HeaderReader,
  type Transport,
  type UpstreamFetch,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../src/index.ts'
import { type HeaderRecord, readHeaderRecord } from './header-record.ts'
import { createIncomingBody, type IncomingBody } from './incoming-body.ts'
import { inflateResponse } from './inflate-response.ts'
import { connectOptions } from './tls.ts'

export interface NodeFetch {
  readonly fetch: UpstreamFetch
  /** Open ones, to all providers. */
  connections(): { readonly active: number; readonly idle: number }
  /** To be called at each reload: lets go of what nobody has asked for since the one before. */
  retire(): void
  /** Closes connections when what is under way has ended. */
  close(): Promise<void>
}

/** undici counts the requests before the last one, and knows no connection for one alone but by not keeping any. */
function usesOf(maxRequests = 0): {
  readonly pipelining: number
  readonly maxRequestsPerClient?: number
} {
  if (maxRequests === 1) return { pipelining: 0 }
  return maxRequests === 0
    ? { pipelining: 1 }
    : { pipelining: 1, maxRequestsPerClient: maxRequests - 1 }
}

const defaultConnectTimeoutMs = 10_000
/** Local servers often close after 5 s of silence without saying so; providers keep on longer. */
const keepAliveMs = { 'http:': 4_000, 'https:': 30_000 }

export function createNodeFetch(): NodeFetch {
  const pools = new Map<string, { readonly pool: Pool; used: boolean }>()
  /** Pools whose last answers are under way, and the end of each. */
  const retired = new Map<Pool, Promise<void>>()
  const byTransport = new WeakMap<Transport, Pool>()

  const poolFor = (url: string, transport: Transport | undefined): Pool => {
    const known = transport === undefined ? undefined : byTransport.get(transport)
    // A request of an older configuration may try again after its pool was retired.
    if (known !== undefined && !known.closed) return known
    const { origin, protocol } = new URL(url)
    // By content, so that a reload keeps the connections of what it did not change.
    const key = `${origin} ${JSON.stringify(transport ?? null)}`
    let entry = pools.get(key)
    if (entry === undefined) {
      const pool = new Pool(origin, {
        factory: createClient,
        connections: null,
        // The core has its own limits, which know about streams.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout:
          transport?.connectionIdleTimeoutMs ??
          keepAliveMs[protocol === 'https:' ? 'https:' : 'http:'],
        ...usesOf(transport?.maxRequestsPerConnection),
        maxHeaderSize: 64 * 1024,
        connect: {
          timeout: transport?.connectTimeoutMs ?? defaultConnectTimeoutMs,
          ...(transport?.socketPath === undefined ? {} : { socketPath: transport.socketPath }),
          ...connectOptions(protocol === 'https:' ? (transport?.tls ?? {}) : undefined),
        },
      })
      spareNeedlessConnections(pool)
      entry = { pool, used: true }
      pools.set(key, entry)
    }
    // Each configuration has transports of its own, so that this is reached once for each.
    entry.used = true
    if (transport !== undefined) byTransport.set(transport, entry.pool)
    return entry.pool
  }
  /** Answers under way may end. */
  const closeGently = (pool: Pool) => {
    const forget = () => void retired.delete(pool)
    retired.set(pool, pool.close().then(forget, forget))
  }
  return {
    fetch: (url, init) => dispatch(poolFor(url, init.transport), url, init),
    connections() {
      let active = 0
      let idle = 0
      for (const pool of [...[...pools.values()].map((entry) => entry.pool), ...retired.keys()]) {
        active += pool.stats.running
        idle += pool.stats.free
      }
      return { active, idle }
    },
    retire() {
      for (const [key, entry] of pools) {
        if (!entry.used) {
          pools.delete(key)
          closeGently(entry.pool)
        }
        entry.used = false
      }
    },
    async close() {
      for (const { pool } of pools.values()) closeGently(pool)
      pools.clear()
      await Promise.all(retired.values())
    },
  }
}

/** What a pool hands to one of its clients: which one, it does not say. */
interface PooledRequest extends Dispatcher.DispatchOptions {
  client: Dispatcher | undefined
  /** The name to ask TLS for; `Host` would decide where nothing is said. */
  readonly servername: string | undefined
}

function createClient(origin: URL, options: object): Dispatcher {
  const client = new Client(origin, options)
  const dispatch = client.dispatch.bind(client)
  client.dispatch = (request, handler) => {
    // The cast: a pool passes on the requests that it was given, and those are ours.
    const pooled = request as PooledRequest
    pooled.client = client
    return dispatch(request, handler)
  }
  return client
}

/** Clients whose running request has failed, until their connection has ended. */
const abandoned = new WeakSet<Dispatcher>()

/**
 * A client of undici whose running request was aborted connects again, only to find that it was: a
 * needless handshake with the provider for each user who leaves. So such a client is let go of.
 */
function spareNeedlessConnections(pool: Pool): void {
  pool.on('disconnect', (origin, targets, error) => {
    const client = targets.at(-1)
    if (client === undefined || !abandoned.delete(client)) return
    if (codeOf(error) !== 'UND_ERR_INFO' || error.message !== 'aborted') return
    // The pool takes out what is said to have failed.
    pool.emit('connectionError', origin, [client], error)
    client.destroy().catch(() => {})
  })
}

function dispatch(pool: Pool, url: string, init: UpstreamRequest): Promise<UpstreamResponse> {
  const cancellation = init.cancellation ?? cancellationOf(init)
  return new Promise((resolve, reject) => {
    if (cancellation.cancelled) return reject(cancellation.reason)
    let control: Dispatcher.DispatchController | undefined
    const body = createIncomingBody()
    let running = false
    let answered = false
    const outgoing = writeBody(init)
    const request: PooledRequest = {
      path: url.slice(url.indexOf('/', 8)),
      method: init.method,
      headers: outgoing.headers,
      body: outgoing.body,
      client: undefined,
      servername: init.transport?.tls?.hostname,
    }
    const done = cancellation.onCancel((reason) => {
      // Before a socket is found there is nothing to abort yet: onRequestStart does it then.
      if (control !== undefined) control.abort(toError(reason))
      else reject(reason)
    })
    pool.dispatch(request, {
      onRequestStart(controller) {
        control = controller
        if (cancellation.cancelled) return controller.abort(toError(cancellation.reason))
        running = true
      },
      onResponseStart(controller, status, headers) {
        // 1xx heads precede the real one.
        if (status < 200) return
        body.begin(controller)
        // What this throws is what undici fails the request with.
        resolve(inflateResponse(new NodeResponse(status, headers, body)))
        answered = true
      },
      onResponseData(_, chunk) {
        // The cast: a chunk from a socket is never shared memory.
        body.data(chunk as Buffer<ArrayBuffer>)
      },
      onResponseEnd() {
        done()
        body.end()
      },
      onResponseError(_, error) {
        done()
        if (running && request.client !== undefined) abandoned.add(request.client)
        const reason = cancellation.cancelled
          ? cancellation.reason
          : describeError(error, control, answered)
        if (answered) body.fail(reason)
        else reject(reason)
      },
    })
  })
}

/** A body of several pieces is not joined: it may be large. What streams, undici does not count. */
function writeBody(
  init: UpstreamRequest,
): Required<Pick<PooledRequest, 'headers'>> & { readonly body: Readable | Uint8Array | null } {
  const { pieces } = init
  if (pieces === undefined || pieces.length === 1) {
    return { headers: init.headers, body: pieces?.[0] ?? init.body ?? null }
  }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return {
    headers: { ...init.headers, 'content-length': String(length) },
    body: Readable.from(pieces, { objectMode: false }),
  }
}

const toError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)))

/** A class for its accessor: see OutgoingRequest. */
class NodeResponse implements UpstreamResponse {
  readonly status: number
  readonly headers: HeaderReader
  readonly #body: IncomingBody
  #stream: ReadableStream<Uint8Array> | undefined

  constructor(status: number, headers: HeaderRecord, body: IncomingBody) {
    this.status = status
    this.headers = readHeaderRecord(headers)
    this.#body = body
  }

  get body() {
    this.#stream ??= this.#body.stream()
    return this.#stream
  }

  async arrayBuffer() {
    const bytes = await this.#body.bytes()
    // A copy: the slice of a Buffer would be a view of memory that others use.
    return new Uint8Array(bytes).buffer
  }

  collect(onActivity?: () => void) {
    return this.#body.bytes(onActivity)
  }

  through(transformer: BodyTransformer) {
    return this.#body.through(transformer)
  }
}

/** `code` of Node and undici errors. */
const codeOf = (error: Error) =>
  'code' in error && typeof error.code === 'string' ? error.code : error.name

/** By code where there is one: undici names the fault of its parser in the text alone. */
const protocolErrors = new Set([
  'HTTPParserError',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/** A request that cannot be written is no failure of the provider. */
const requestErrors = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'])

function describeError(error: Error, started: unknown, answered: boolean): Error {
  if (GatewayError.is(error)) return error
  const code = codeOf(error)
  const cause = new Error(code, { cause: error })
  if (protocolErrors.has(code)) {
    if (!answered) return connectionError('garbled', cause)
    const message = 'the answer of the provider breaks the rules of HTTP'
    return new GatewayError('upstream-protocol', message, { cause })
  }
  if (answered) {
    return new GatewayError('upstream-reset', 'the provider broke off its answer', { cause })
  }
  if (requestErrors.has(code)) {
    return new GatewayError('internal', 'the request cannot be written', { cause: error })
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return connectionError('timed-out', cause)
  return connectionError(started === undefined ? 'unreachable' : 'reset', cause)
}
