// The metrics of generative AI: tokens, durations, time to the first token and between tokens.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
import type { AttemptRecord, Exchange } from '../exchange.ts'
import type { Usage } from '../usage/usage.ts'
import { type HeaderAttribute, readAttributes } from './header-attributes.ts'
import type { Labels, MetricsSink, Series } from './metrics-sink.ts'
import type { Observer } from './observer.ts'
import {
  type HistogramSpec,
  operationName,
  originalModel,
  providerName,
  providerOf,
  requestDuration,
  requestModel,
  responseModel,
  timePerOutputToken,
  timeToFirstToken,
  tokenUsage,
  unknown,
} from './semconv.ts'

export interface GenaiMetricsOptions {
  readonly sink: MetricsSink
  readonly headerAttributes?: readonly HeaderAttribute[]
  /** `kinds`: `error.type` says what went wrong; `_OTHER` otherwise, as dashboards of old have it. */
  readonly errorTypes?: 'other' | 'kinds'
}

/** Field of `Usage` → `gen_ai.token.type`, in the order in which they are recorded. */
const tokenTypes = [
  ['input', 'input'],
  ['cachedInput', 'cached_input'],
  ['cacheCreationInput', 'cache_creation_input'],
  ['output', 'output'],
  ['reasoning', 'reasoning'],
] as const satisfies readonly (readonly [keyof Usage, string])[]

/** Series with the same labels, each bound when it is first written to. */
interface Bundle {
  success(seconds: number): void
  failure(seconds: number, type: string): void
  tokens(type: number, count: number): void
  firstToken(seconds: number): void
  perToken(seconds: number): void
}

/** Bundles that are kept at hand; what is beyond is found again by the sink, at a price. */
const maxBundles = 2000

/** Names of models come from clients. */
const maxLabelLength = 256

export function createGenaiMetrics(options: GenaiMetricsOptions): Observer {
  const { sink, headerAttributes = [], errorTypes = 'other' } = options
  const bundles = new Map<string, Bundle>()

  const bundleFor = (exchange: Exchange, attempt: AttemptRecord | undefined, model: string) => {
    const backend = attempt?.backend ?? onlyBackend(exchange)
    const provider = backend === undefined ? unknown : providerOf(backend.schema.name)
    const original = cut(exchange.model)
    const target = attempt?.target ?? backend?.target(exchange.model)
    const requested = target === undefined ? unknown : cut(target.model)
    const mapped =
      headerAttributes.length === 0
        ? undefined
        : readAttributes(headerAttributes, exchange.incoming.headers)
    const { operation } = exchange.endpoint
    const plain = `${operation}\n${provider}\n${original}\n${requested}\n${model}`
    const key = mapped === undefined ? plain : `${plain}\n${JSON.stringify(mapped)}`
    const known = bundles.get(key)
    if (known !== undefined) return known
    const bundle = createBundle(sink, {
      [operationName]: operation,
      [providerName]: provider,
      [originalModel]: original,
      [requestModel]: requested,
      [responseModel]: model,
      ...mapped,
    })
    if (bundles.size < maxBundles) bundles.set(key, bundle)
    return bundle
  }
  const recordFailure = (
    exchange: Exchange,
    attempt: AttemptRecord | undefined,
    endedAt: number,
    model = unknown,
  ) => {
    const seconds = (endedAt - (attempt?.startedAt ?? exchange.startedAt)) / 1000
    const type = errorTypes === 'other' ? '_OTHER' : nameError(exchange, attempt)
    bundleFor(exchange, attempt, model).failure(seconds, type)
  }
  return {
    finish(exchange) {
      // Whatever had no route is nobody's call: a name that no route knows must not become a label.
      if (exchange.route === undefined) return
      const { attempts, endedAt = exchange.now() } = exchange
      const last = attempts.at(-1)
      for (const attempt of attempts) {
        if (attempt !== last) recordFailure(exchange, attempt, attempt.endedAt ?? endedAt)
      }
      if (last === undefined || exchange.outcome === 'failed') {
        return recordFailure(exchange, last, endedAt)
      }
      const model = cut(exchange.responseModel ?? unknown)
      if (exchange.outcome === 'client-gone') {
        recordFailure(exchange, last, endedAt, model)
        return recordUsage(bundleFor(exchange, last, model), exchange.usage)
      }
      const bundle = bundleFor(exchange, last, model)
      bundle.success((endedAt - last.startedAt) / 1000)
      recordUsage(bundle, exchange.usage)
      const pace = measurePace(exchange, last)
      if (pace === undefined) return
      bundle.firstToken(pace.firstToken)
      if (pace.perToken !== undefined) bundle.perToken(pace.perToken)
    },
  }
}

function createBundle(sink: MetricsSink, labels: Labels): Bundle {
  const bind = (histogram: HistogramSpec, own?: string): Series => {
    const [label] = histogram.own
    return sink.bind(histogram, own && label ? { ...labels, [label]: own } : labels)
  }
  let success: Series | undefined
  let firstToken: Series | undefined
  let perToken: Series | undefined
  const failures = new Map<string, Series>()
  const tokens: (Series | undefined)[] = []
  return {
    success(seconds) {
      success ??= bind(requestDuration)
      success.record(seconds)
    },
    failure(seconds, type) {
      const known = failures.get(type) ?? bind(requestDuration, type)
      failures.set(type, known)
      known.record(seconds)
    },
    tokens(type, count) {
      let series = tokens[type]
      if (series === undefined) {
        series = bind(tokenUsage, tokenTypes[type]?.[1])
        tokens[type] = series
      }
      series.record(count)
    },
    firstToken(seconds) {
      firstToken ??= bind(timeToFirstToken)
      firstToken.record(seconds)
    },
    perToken(seconds) {
      perToken ??= bind(timePerOutputToken)
      perToken.record(seconds)
    },
  }
}

/** Once for each kind that was reported, be it as 0. */
function recordUsage(bundle: Bundle, usage: Usage): void {
  for (let type = 0; type < tokenTypes.length; type++) {
    const field = tokenTypes[type]?.[0]
    const count = field && usage[field]
    if (count !== undefined) bundle.tokens(type, count)
  }
}

interface Pace {
  /** Seconds. */
  readonly firstToken: number
  readonly perToken: number | undefined
}

/** Of a stream; one that came in one piece has only a first token. */
function measurePace(exchange: Exchange, { startedAt }: AttemptRecord): Pace | undefined {
  const { firstChunkAt, chunks, usage, endedAt = exchange.now() } = exchange
  if (firstChunkAt === undefined) return undefined
  const { output = 0 } = usage
  return {
    firstToken: (firstChunkAt - startedAt) / 1000,
    perToken:
      chunks < 2 || output <= 1 ? undefined : (endedAt - firstChunkAt) / 1000 / (output - 1),
  }
}

/** Where no attempt was made, the backend that would have been asked, if there is no doubt about it. */
function onlyBackend({ route }: Exchange) {
  const [backend, ...others] = route?.backends ?? []
  return others.length === 0 ? backend : undefined
}

/** A bounded set: kinds of our own errors, and statuses. */
function nameError(exchange: Exchange, attempt: AttemptRecord | undefined): string {
  const isLast = attempt === exchange.attempts.at(-1)
  if (isLast && exchange.outcome === 'client-gone') return 'client_closed'
  const error = attempt?.error ?? (isLast ? exchange.error : undefined)
  const status = attempt?.status
  if (status !== undefined && (status < 200 || status > 299)) return String(status)
  return names[error?.kind ?? ''] ?? error?.code ?? '_OTHER'
}

const names: Readonly<Record<string, string>> = {
  'upstream-timeout': 'timeout',
  'upstream-idle': 'timeout',
  'upstream-unreachable': 'connection_error',
  'upstream-reset': 'connection_error',
}

const cut = (label: string) =>
  label.length > maxLabelLength ? label.slice(0, maxLabelLength) : label

/** The two paces of a stream in whole milliseconds, for access logs. */
export function readPace(exchange: Exchange): { readonly ttft?: number; readonly itl?: number } {
  const last = exchange.attempts.at(-1)
  if (last === undefined || exchange.outcome !== 'complete') return {}
  const pace = measurePace(exchange, last)
  if (pace === undefined) return {}
  const { firstToken, perToken } = pace
  return {
    ttft: Math.round(firstToken * 1000),
    ...(perToken === undefined ? {} : { itl: Math.round(perToken * 1000) }),
  }
}
