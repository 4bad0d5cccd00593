// Traces where there is no process to send them from: what OTEL_* variables turn on, with nothing but the platform's fetch.
import type { Logger } from '../../ports.ts'
import { readHeaderAttributes } from '../header-attributes.ts'
import { type OtlpProtocol, readOtelSettings } from '../otel-settings.ts'
import { readResource } from '../resource.ts'
import { scopeName } from '../semconv.ts'
import { createVocabulary } from '../spans/vocabulary.ts'
import { createTracing, type Tracing } from '../tracing.ts'
import type { TraceFormat } from './otlp-trace.ts'
import { readPortableSampler } from './sampler.ts'
import { createSpanSender, type SpanSender } from './span-sender.ts'
import { createPortableTracer } from './tracer.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface PortableTraces extends Pick<SpanSender, 'flush'> {
  readonly observer: Tracing
  /** How long spans may wait where nobody says when. */
  readonly delayMs: number
}

/** Undefined where no traces are wanted. Throws an `Error` that names the variable at fault. */
export function openPortableTraces(
  env: Environment,
  { log, now }: { readonly log: Logger; readonly now: () => number },
): PortableTraces | undefined {
  // The two others are the command's: what makes no sense for them must not end the start here.
  const { OTEL_METRICS_EXPORTER: _, OTEL_LOGS_EXPORTER: __, ...own } = env
  const settings = readOtelSettings({ ...own, OTEL_LOGS_EXPORTER: 'none' })
  const [exporter] = settings.traces
  if (exporter === undefined) return undefined
  if (exporter.kind === 'console') {
    throw new Error('OTEL_TRACES_EXPORTER: console works in the command alone; use otlp')
  }
  const foreign = settings.propagators.find((name) => name !== 'tracecontext' && name !== 'baggage')
  if (foreign !== undefined) {
    throw new Error(`OTEL_PROPAGATORS: ${foreign} works in the command alone; use tracecontext`)
  }
  const { vocabulary, flattensMessages } = createVocabulary(settings, env)
  const sender = createSpanSender({
    format: formatOf(exporter.protocol),
    ...readTarget(env),
    timeoutMs:
      readNumber(env, 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', 'OTEL_EXPORTER_OTLP_TIMEOUT') ?? 10_000,
    resource: readResource(env).attributes,
    scope: scopeName,
    log,
    now,
  })
  const observer = createTracing({
    tracer: createPortableTracer({
      sampler: readPortableSampler(env),
      maxAttributes:
        readNumber(env, 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT') ??
        (flattensMessages ? Number.POSITIVE_INFINITY : 128),
      now,
      ended: sender.add,
    }),
    vocabulary,
    headerAttributes: readHeaderAttributes(env).span,
  })
  return {
    observer,
    flush: sender.flush,
    delayMs: readNumber(env, 'OTEL_BSP_SCHEDULE_DELAY') ?? 5000,
  }
}

function formatOf(protocol: OtlpProtocol): TraceFormat {
  if (protocol !== 'grpc') return protocol
  throw new Error(
    'OTEL_EXPORTER_OTLP_PROTOCOL: grpc works on Node alone; use http/protobuf and port 4318',
  )
}

interface Target {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** An endpoint for traces is used as it is; one for all signals is a base. */
function readTarget(env: Environment): Target {
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || 'http://localhost:4318'
  const variable = own ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT'
  const text = own || `${base.replace(/\/+$/, '')}/v1/traces`
  if (!URL.canParse(text)) throw new Error(`${variable}: expected a URL`)
  const url = new URL(text)
  const headers = {
    ...readHeaders(env['OTEL_EXPORTER_OTLP_HEADERS']),
    ...readHeaders(env['OTEL_EXPORTER_OTLP_TRACES_HEADERS']),
  }
  if (url.username === '') return { url: url.href, headers }
  // `fetch` takes no credentials in a URL.
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return { url: url.href, headers: { authorization: `Basic ${btoa(user)}`, ...headers } }
}

/** `name=value` pairs with commas between, values percent-encoded. What is none is left out. */
function readHeaders(raw: string | undefined): Readonly<Record<string, string>> {
  const pairs = (raw ?? '').split(',').flatMap((pair) => {
    const equals = pair.indexOf('=')
    const name = pair.slice(0, equals).trim().toLowerCase()
    if (equals < 0 || name === '') return []
    return [[name, decode(pair.slice(equals + 1).trim())] as const]
  })
  return Object.fromEntries(pairs)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The first of these that is a whole number. */
function readNumber(env: Environment, ...names: readonly string[]): number | undefined {
  const name = names.find((one) => /^\d{1,9}$/.test(env[one] ?? ''))
  return name === undefined ? undefined : Number(env[name])
}
