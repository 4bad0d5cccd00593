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
  record(histogram: HistogramSpec, value: number, own?: string): void
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
    bundleFor(exchange, attempt, model).record(requestDuration, seconds, type)
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
      bundle.record(requestDuration, (endedAt - last.startedAt) / 1000)
      recordUsage(bundle, exchange.usage)
      recordPace(bundle, exchange, last, endedAt)
    },
  }
}

function createBundle(sink: MetricsSink, labels: Labels): Bundle {
  const series = new Map<string, Series>()
  return {
    record(histogram, value, own) {
      const key = own === undefined ? histogram.name : histogram.name + own
      let one = series.get(key)
      if (one === undefined) {
        const [label] = histogram.own
        const more = own === undefined || label === undefined ? {} : { [label]: own }
        one = sink.bind(histogram, { ...labels, ...more })
        series.set(key, one)
      }
      one.record(value)
    },
  }
}

/** Once for each kind that was reported, be it as 0. */
function recordUsage(bundle: Bundle, usage: Usage): void {
  for (const [field, type] of tokenTypes) {
    const count = usage[field]
    if (count !== undefined) bundle.record(tokenUsage, count, type)
  }
}

/** A stream that came in one piece has no pace, only a first token. */
function recordPace(
  bundle: Bundle,
  { firstChunkAt, chunks, usage }: Exchange,
  { startedAt }: AttemptRecord,
  endedAt: number,
): void {
  if (firstChunkAt === undefined) return
  bundle.record(timeToFirstToken, (firstChunkAt - startedAt) / 1000)
  const { output = 0 } = usage
  if (chunks < 2 || output <= 1) return
  bundle.record(timePerOutputToken, (endedAt - firstChunkAt) / 1000 / (output - 1))
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
  const found: { ttft?: number; itl?: number } = {}
  const last = exchange.attempts.at(-1)
  if (last === undefined || exchange.outcome !== 'complete') return found
  const collect: Bundle = {
    record(histogram, seconds) {
      if (histogram === timeToFirstToken) found.ttft = Math.round(seconds * 1000)
      if (histogram === timePerOutputToken) found.itl = Math.round(seconds * 1000)
    },
  }
  recordPace(collect, exchange, last, exchange.endedAt ?? exchange.now())
  return found
}
