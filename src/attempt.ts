// The loop over backends: try, judge, discard, wait, next. Every try starts from the same frozen call.
import type { FaultSpec } from './config/config.ts'
import type { Call } from './endpoints/endpoint.ts'
import { type ErrorKind, GatewayError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import type { TellFailedAttempt } from './failed-attempts.ts'
import { createLifeline, type Lifeline } from './lifeline.ts'
import type { Observer } from './observe/observer.ts'
import { createOccupancy, type Occupancy } from './occupancy.ts'
import { decideFault } from './policies/fault-injection.ts'
import type { Ports } from './ports.ts'
import { type RequestTime, sleepUnlessEnded, startRequestTime, timeLeft } from './request-time.ts'
import type { AttemptOutcome } from './routing/attempt-outcome.ts'
import type { EndpointState } from './routing/endpoint-state.ts'
import type { OutlierDetector } from './routing/outlier-detection.ts'
import type { Backend, Route } from './routing/route.ts'
import type { Translator } from './translate/translator.ts'
import { tryBackend } from './try-backend.ts'
import type { TryResult } from './try-result.ts'

export interface AttemptPorts {
  readonly ports: Ports
  readonly maxFrameBytes: number
  readonly clientIdleTimeoutMs: number | undefined
  readonly observer: Observer
  /** Who can serve the call's endpoint at a backend. */
  readonly translatorFor: (backend: Backend) => Translator | undefined
  /** The authority that the client asked. */
  readonly host: string
  readonly tellFailed: TellFailedAttempt
}

/** The answer to give: the first good one, or the last. Rejects with a `GatewayError`. */
export async function runAttempts(
  call: Call,
  route: Route,
  exchange: Exchange,
  input: AttemptPorts,
): Promise<TryResult> {
  const { ports } = input
  const picker = route.plan(ports.random, exchange.incoming)
  const time = startRequestTime(call, route, exchange, input)
  const fault = route.fault && (await befall(route.fault, time, ports))
  if (fault !== undefined) return { kind: 'failed', error: fault }
  let occupancy: Occupancy | undefined
  let retries = 0
  let last: TryResult | undefined
  let refused: GatewayError | undefined
  for (;;) {
    const backend = picker.next()
    if (backend === undefined) break
    const translator = input.translatorFor(backend)
    const endpoint = picker.endpointOf(backend)
    if (translator === undefined || backend.broken !== undefined || endpoint === undefined) {
      refused = whyNot(call, backend, translator)
      picker.exclude(backend)
      continue
    }
    const lifeline = createLifeline()
    time.current = lifeline
    if (route.breaker !== undefined || backend.endpoints.length > 1) {
      occupancy ??= createOccupancy(route.breaker, exchange)
    }
    const target = backend.target(call.model)
    const attempt = exchange.begin({ backend, target, origin: endpoint.origin })
    input.observer.attempt?.(exchange, attempt)
    const refusal = occupancy && (await occupancy.enter(endpoint.state, lifeline.cancellation))
    if (refusal !== undefined) {
      attempt.error = refusal
      attempt.endedAt = exchange.now()
      input.tellFailed(attempt)
      return { kind: 'failed', error: refusal }
    }
    const cancelPerTry = perTry(route, lifeline, ports)
    const result = await tryBackend({
      call,
      backend,
      endpoint,
      target,
      translator,
      lifeline,
      exchange,
      host: input.host,
      maxFrameBytes: input.maxFrameBytes,
      streamIdleTimeoutMs: route.streamIdleTimeoutMs,
      onActivity: time.touch,
      attempt,
      observer: input.observer,
      ports,
    })
    cancelPerTry()
    attempt.endedAt = exchange.now()
    if (result.kind === 'failed') attempt.error = result.error
    else {
      attempt.status = result.head.status
      attempt.headers = result.head.headers
    }
    if (result.kind === 'failed' || result.kind === 'error') input.tellFailed(attempt)
    const outcome = outcomeOf(result)
    if (route.outliers !== undefined) reportTo(route.outliers, endpoint.state, outcome, result)
    if (outcome === undefined || time.ended !== undefined || !route.retry.retryable(outcome))
      return result
    if (outcome.kind === 'failed' && outcome.cause === 'credential') {
      refused = result.kind === 'failed' ? result.error : refused
      picker.exclude(backend)
      continue
    }
    last = result
    if (retries >= route.retry.retries) return result
    if (occupancy?.again() === false) return result
    retries++
    const wait = waitBefore(retries, result, route, picker.hasOtherPriority(), ports)
    if (wait > timeLeft(time, ports.now())) return result
    if (isTooMany(result) && picker.hasOtherPriority()) picker.skipPriority()
    discard(result)
    if (wait > 0) await sleepUnlessEnded(time, wait, ports)
    if (time.ended !== undefined) return { kind: 'failed', error: time.ended }
  }
  if (last !== undefined && last.kind === 'failed') return last
  return { kind: 'failed', error: refused ?? noBackend(route) }
}

function noBackend({ name, refused, outliers, backends }: Route): GatewayError {
  if (refused !== undefined) {
    return new GatewayError('refused', `${refused}, which this gateway cannot do: nobody is served`)
  }
  if (outliers === undefined || backends.every(({ weight }) => weight === 0)) {
    return new GatewayError('no-backend', `no usable backend in ${name}`)
  }
  const seconds = Math.ceil(outliers.returnsIn() / 1000)
  return new GatewayError('no-healthy-backend', 'no healthy upstream', {
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  })
}

/** What a policy does to requests on purpose; an error where it answers in a provider's stead. */
async function befall(
  spec: FaultSpec,
  time: RequestTime,
  ports: Ports,
): Promise<GatewayError | undefined> {
  const { delayMs, status } = decideFault(spec, ports.random)
  if (delayMs > 0) await sleepUnlessEnded(time, delayMs, ports)
  if (status === undefined) return time.ended
  return time.ended ?? new GatewayError('fault', 'fault filter abort', { status })
}

function whyNot(call: Call, backend: Backend, translator: Translator | undefined): GatewayError {
  if (translator === undefined) {
    return new GatewayError(
      'no-translator',
      `unsupported: ${call.endpoint.path} cannot be served by a backend with schema ${backend.schema.name}`,
    )
  }
  return new GatewayError(
    'credential-unavailable',
    `backend ${backend.name} is not usable: ${backend.broken ?? 'it has no endpoint'}`,
  )
}

const causes: Partial<
  Readonly<Record<ErrorKind, Extract<AttemptOutcome, { kind: 'failed' }>['cause']>>
> = {
  'upstream-unreachable': 'connect',
  'upstream-reset': 'reset',
  'upstream-timeout': 'timeout',
  'upstream-idle': 'idle',
  'upstream-protocol': 'protocol',
  'credential-missing': 'credential',
  'credential-unavailable': 'credential',
  'no-translator': 'credential',
}

/** How the try came out, for the retry rule; undefined where another try is out of the question. */
function outcomeOf(result: TryResult): AttemptOutcome | undefined {
  if (result.kind === 'whole' && result.garbled) return { kind: 'failed', cause: 'protocol' }
  if (result.kind !== 'failed' && result.kind !== 'error') return undefined
  if (result.kind === 'error') return { kind: 'answered', status: result.head.status }
  // A failure that the provider has told inside its stream counts as the status it stands for.
  if (result.failure !== undefined && result.failure.origin === undefined) {
    return { kind: 'answered', status: result.failure.status }
  }
  const cause = causes[result.error.kind]
  return cause === undefined ? undefined : { kind: 'failed', cause }
}

/** What says nothing of the provider, as a client who leaves, is not reported. */
function reportTo(
  outliers: OutlierDetector,
  endpoint: EndpointState,
  outcome: AttemptOutcome | undefined,
  result: TryResult,
): void {
  if (outcome !== undefined) outliers.report(endpoint, outcome)
  else if (result.kind !== 'failed') {
    outliers.report(endpoint, { kind: 'answered', status: result.head.status })
  }
}

const isTooMany = (result: TryResult) => result.kind === 'error' && result.head.status === 429

function waitBefore(
  retry: number,
  result: TryResult,
  route: Route,
  hasOtherPriority: boolean,
  ports: Ports,
): number {
  const wait = route.retry.delayMs(retry, ports.random)
  if (!isTooMany(result) || result.kind !== 'error') return wait
  if (hasOtherPriority) return 0
  return Math.max(wait, retryAfterMs(result.head.headers.get('retry-after')))
}

/** Seconds form only: a date is rare from these providers, and a wrong clock makes it dangerous. */
function retryAfterMs(value: string | null): number {
  const seconds = Number(value ?? 0)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0
}

function discard(result: TryResult): void {
  if (result.kind === 'error') result.response.body?.cancel().catch(() => {})
}

function perTry(route: Route, lifeline: Lifeline, ports: Ports): () => void {
  const { perTryTimeoutMs } = route.retry
  if (perTryTimeoutMs === undefined) return () => {}
  return ports.schedule(
    () => lifeline.stop(new GatewayError('upstream-timeout', 'upstream request timeout')),
    perTryTimeoutMs,
  )
}
