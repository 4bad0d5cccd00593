// One request on one screen: read, parse, match, attempt, respond.
import { runAttempts } from './attempt.ts'
import { type Cancellation, cancellationOf } from './cancellation.ts'
import type { Call, Dialect, Endpoint } from './endpoints/endpoint.ts'
import { createErrorResponse } from './error-response.ts'
import { GatewayError } from './errors.ts'
import { createExchange, type Observer } from './exchange.ts'
import type { HeaderReader, Ports } from './ports.ts'
import { readBody } from './read-body.ts'
import { respond } from './respond.ts'
import { modelHeader } from './routing/match.ts'
import type { Backend, RouteTable } from './routing/route.ts'
import type { Translator } from './translate/translator.ts'

/** All that a request is served from, of one configuration: a reload swaps the whole. */
export interface Snapshot {
  readonly table: RouteTable
  readonly maxRequestBytes: number
  readonly maxFrameBytes: number
  /** Whether streams must report their usage, because something counts it. */
  readonly meterStreams: boolean
}

/**
 * What a listener knows of a request that a web `Request` tells at a price, or not at all. Whatever is
 * absent is taken from the request.
 */
export interface RequestRuntime {
  readonly headers?: HeaderReader
  /** Cancelled when the client goes away. */
  readonly client?: Cancellation
}

export interface HandleInput {
  readonly snapshot: Snapshot
  readonly ports: Ports
  readonly observers: readonly Observer[]
  readonly translatorFor: (endpoint: Endpoint, backend: Backend) => Translator | undefined
}

const noRoute =
  'No matching route found. It is likely because the model specified in your request is not configured in the Gateway.'

export async function handle<Req>(
  endpoint: Endpoint<string, Req>,
  request: Request,
  input: HandleInput,
  runtime: RequestRuntime = {},
): Promise<Response> {
  const { snapshot, ports, observers } = input
  const headers = runtime.headers ?? request.headers
  const client = runtime.client ?? cancellationOf(request.signal)
  const exchange = createExchange(endpoint, ports.now, (ended) => tellFinish(ended, input))
  try {
    const host = hostOf(request)
    if (!snapshot.table.serves(host)) throw new GatewayError('no-route', noRoute)
    const raw = await readBody(request, headers, { maxBytes: snapshot.maxRequestBytes })
    const parsed = endpoint.parse(raw, {
      meterStream: snapshot.meterStreams,
      fallbackModel: headers.get(modelHeader) ?? undefined,
    })
    const call: Call<Req> = { ...parsed, endpoint, headers, client }
    exchange.model = call.model
    const route = snapshot.table.match({ host, headers, model: call.model })
    exchange.route = route
    if (route === undefined) throw new GatewayError('no-route', noRoute)
    for (const observer of observers) observer.start?.(exchange, call)
    const result = await runAttempts(call, route, exchange, {
      ports,
      host,
      maxFrameBytes: snapshot.maxFrameBytes,
      onChunk: observeChunks(observers, (observer, value) => observer.chunk?.(exchange, value)),
      translatorFor: (backend) => input.translatorFor(endpoint, backend),
    })
    return await respond(call, result, exchange)
  } catch (error) {
    const known = toGatewayError(error, ports)
    exchange.error = known
    exchange.status = known.status
    exchange.finish(client.cancelled ? 'client-gone' : 'failed')
    return createErrorResponse(known, dialectFor(endpoint.dialect, known, headers))
  }
}

/** Whoever asks for plain text gets the sentence without an envelope. */
export function dialectFor(
  dialect: Dialect,
  error: GatewayError,
  headers: HeaderReader,
): Dialect | undefined {
  const plain = error.kind === 'no-route' && headers.get('accept') === 'text/plain'
  return plain ? undefined : dialect
}

/** The authority of the request: never that of a forwarding header. */
export function hostOf(request: Request): string {
  const { url } = request
  const start = url.indexOf('://') + 3
  const end = url.indexOf('/', start)
  return url.slice(start, end < 0 ? undefined : end)
}

function observeChunks(
  observers: readonly Observer[],
  tell: (observer: Observer, value: unknown) => void,
): ((value: unknown) => void) | undefined {
  const interested = observers.filter((observer) => observer.chunk !== undefined)
  if (interested.length === 0) return undefined
  return (value) => {
    for (const observer of interested) tell(observer, value)
  }
}

function tellFinish(exchange: Parameters<NonNullable<Observer['finish']>>[0], input: HandleInput) {
  for (const observer of input.observers) {
    try {
      observer.finish?.(exchange)
    } catch (error) {
      input.ports.log('error', 'an observer failed', { error: String(error) })
    }
  }
}

/** Anything that is no GatewayError is a bug: logged in full, answered without its text. */
export function toGatewayError(error: unknown, ports: Pick<Ports, 'log'>): GatewayError {
  if (GatewayError.is(error)) return error
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  ports.log('error', 'internal error', { error: text })
  return new GatewayError('internal', 'internal error', { cause: error })
}
