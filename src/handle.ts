// One request on one screen: read, parse, match, attempt, respond.
import { runAttempts } from './attempt.ts'
import { byteLength } from './byte-length.ts'
import { cancellationOf } from './cancellation.ts'
import type { ClientPolicySpec } from './config/config.ts'
import { describeBug } from './describe-bug.ts'
import type { Call, Dialect, Endpoint } from './endpoints/endpoint.ts'
import { describeError } from './error-response.ts'
import { type ErrorKind, GatewayError } from './errors.ts'
import { createExchange, describeIncoming, type RequestRuntime } from './exchange.ts'
import type { TellFailedAttempt } from './failed-attempts.ts'
import type { Observer } from './observe/observer.ts'
import type { HeaderReader, Ports } from './ports.ts'
import { readBody, tooLarge } from './read-body.ts'
import { respond } from './respond.ts'
import { modelHeader } from './routing/match.ts'
import type { Backend, RouteTable } from './routing/route.ts'
import type { Translator } from './translate/translator.ts'
import { authorityOf } from './url-parts.ts'

/** All that a request is served from, of one configuration: a reload swaps the whole. */
export interface Snapshot {
  readonly table: RouteTable
  readonly maxRequestBytes: number
  readonly maxFrameBytes: number
  /** Headers with `_` in their names; undefined: a request that has one is refused. */
  readonly underscores: ClientPolicySpec['underscores']
  /** Silence towards a client, for rules that have no limit of their own. */
  readonly clientIdleTimeoutMs: number | undefined
  /** Whether streams must report their usage, because something counts it. */
  readonly meterStreams: boolean
  readonly tellFailed: TellFailedAttempt
  readonly errorForm: ErrorForm
}

export interface HandleInput {
  readonly snapshot: Snapshot
  readonly ports: Ports
  readonly observer: Observer
  readonly translatorFor: (endpoint: Endpoint, backend: Backend) => Translator | undefined
}

const noRoute =
  'No matching route found. It is likely because the model specified in your request is not configured in the Gateway.'
const noModelNamed =
  'No matching route found. This call names no model: send one that is configured in the header x-ai-eg-model.'

export async function handle<Req>(
  endpoint: Endpoint<string, Req>,
  request: Request,
  input: HandleInput,
  runtime: RequestRuntime = {},
): Promise<Response> {
  const { snapshot, ports, observer } = input
  const client = runtime.client ?? cancellationOf(request)
  const incoming = describeIncoming(request, runtime)
  const { headers } = incoming
  const exchange = createExchange(endpoint, incoming, ports, (ended) => observer.finish?.(ended))
  observer.open?.(exchange)
  try {
    // Never that of a forwarding header.
    const host = authorityOf(request.url)
    requireHost(snapshot.table, host)
    const raw = await readBody(request, headers, {
      maxBytes: snapshot.maxRequestBytes,
      client,
      readAll: runtime.readBody,
    })
    exchange.receivedBytes = raw.bytes.length
    const parsed = endpoint.parse(raw, {
      meterStream: snapshot.meterStreams,
      fallbackModel: headers.get(modelHeader) ?? undefined,
      url: request.url,
    })
    // Named one by one: V8 makes a hidden class for each object that begins with a spread and goes on.
    const { model, stream, body } = parsed
    const call: Call<Req> = {
      request: parsed.request,
      model,
      stream,
      body,
      endpoint,
      headers,
      client,
    }
    exchange.model = call.model
    exchange.stream = call.stream
    const route =
      snapshot.table.match({ host, headers, model: call.model }) ??
      (endpoint.namesNoModel && call.model === '' ? snapshot.table.sole(host) : undefined)
    exchange.route = route
    observer.start?.(exchange, call, raw)
    if (route === undefined) {
      const isUnnamed = endpoint.namesNoModel && call.model === ''
      throw new GatewayError('no-route', isUnnamed ? noModelNamed : noRoute)
    }
    if (raw.bytes.length > route.maxRequestBytes) throw tooLarge()
    const result = await runAttempts(call, route, exchange, {
      ports,
      host,
      maxFrameBytes: snapshot.maxFrameBytes,
      clientIdleTimeoutMs: snapshot.clientIdleTimeoutMs,
      tellFailed: snapshot.tellFailed,
      observer,
      translatorFor: (backend) => input.translatorFor(endpoint, backend),
    })
    const answer = respond(call, result, exchange, observer)
    // Most are there at once; each `await` takes its turn.
    return answer instanceof Promise ? await answer : answer
  } catch (error) {
    const known = toGatewayError(error, ports)
    exchange.error = known
    // Whoever has left gets nothing.
    exchange.status = client.cancelled ? 0 : known.status
    const dialect = dialectFor(endpoint.dialect, known, headers, snapshot.errorForm)
    const answer = describeError(known, dialect)
    exchange.errorBody = answer.body
    exchange.sentBytes = byteLength(answer.body)
    exchange.finish(client.cancelled ? 'client-gone' : 'failed')
    return new Response(answer.body, { status: known.status, headers: answer.headers })
  }
}

/** `plain`: sentences without an envelope where Envoy answers in its own name, for programs that know them. */
export type ErrorForm = 'dialect' | 'plain'

const plainAtEnvoy = new Set<ErrorKind>([
  'underscore-in-header',
  'unknown-host',
  'unsupported-path',
  'no-route',
  'no-backend',
  'no-healthy-backend',
  'overloaded',
  'fault',
  'too-large',
  'request-timeout',
  'upstream-unreachable',
])

/** Whoever asks for plain text gets the sentence without an envelope. */
export function dialectFor(
  dialect: Dialect | undefined,
  { kind }: GatewayError,
  headers: HeaderReader,
  form: ErrorForm,
): Dialect | undefined {
  if (form === 'plain' && plainAtEnvoy.has(kind)) return undefined
  const plain = kind === 'no-route' && headers.get('accept') === 'text/plain'
  return plain ? undefined : dialect
}

/** Throws where no route serves the host: comes before all else that may be wrong with a request. */
export function requireHost(table: RouteTable, host: string): void {
  if (!table.serves(host)) throw unknownHost(host)
}

export const unknownHost = (host: string) =>
  new GatewayError('unknown-host', `no route serves the host ${host.slice(0, 253)}`)

/** Anything that is no GatewayError is a bug: logged in full, answered without its text. */
export function toGatewayError(error: unknown, ports: Pick<Ports, 'log'>): GatewayError {
  if (GatewayError.is(error)) return error
  ports.log('error', 'internal error', { error: describeBug(error) })
  return new GatewayError('internal', 'internal error', { cause: error })
}
