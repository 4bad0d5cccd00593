// What the OTEL_* variables ask for. https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
// Which endpoint, headers, timeouts, queue and sampler: that the packages read by themselves.
import { readBoolean } from './spans/openinference/hiding.ts'

type Environment = Readonly<Record<string, string | undefined>>

export type OtlpProtocol = 'http/protobuf' | 'http/json' | 'grpc'

export type Exporter =
  | { readonly kind: 'console' }
  | { readonly kind: 'otlp'; readonly protocol: OtlpProtocol }

export const propagators = [
  'tracecontext',
  'baggage',
  'b3',
  'b3multi',
  'jaeger',
  'xray',
  'ottrace',
] as const
export type PropagatorName = (typeof propagators)[number]

export interface OtelSettings {
  /** Empty: nothing is traced, and trace headers of clients pass as they came. */
  readonly traces: readonly Exporter[]
  /** Besides Prometheus. */
  readonly metrics: readonly Exporter[]
  /** Where access lines of the generated configuration go. */
  readonly logs: readonly Exporter[]
  readonly propagators: readonly PropagatorName[]
  readonly vocabulary: 'openinference' | 'gen_ai'
  /** Whether spans of the conventions for generative AI hold messages. */
  readonly capturesMessages: boolean
  readonly metricIntervalMs: number
  readonly metricTimeoutMs: number
  /** Variables that made no sense, and what was done about it. */
  readonly warnings: readonly string[]
}

/** Throws an `Error` that names the variable at fault; never with its value where that could be a secret. */
export function readOtelSettings(env: Environment): OtelSettings {
  const warnings: string[] = []
  const disabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true'
  const traces = disabled ? [] : readTraces(env)
  const interval = readMilliseconds(env, 'OTEL_METRIC_EXPORT_INTERVAL', 60_000, warnings)
  const timeout = readMilliseconds(env, 'OTEL_METRIC_EXPORT_TIMEOUT', 30_000, warnings)
  return {
    traces,
    metrics: disabled ? [] : readMetrics(env),
    logs: readLogs(env, disabled),
    propagators: traces.length === 0 ? [] : readPropagators(env),
    vocabulary: traces.length === 0 ? 'openinference' : readVocabulary(env),
    capturesMessages: readCapture(env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT']),
    metricIntervalMs: interval,
    // A reader does not take a timeout that outlasts its interval.
    metricTimeoutMs: Math.min(timeout, interval),
    warnings,
  }
}

type Signal = 'TRACES' | 'METRICS' | 'LOGS'

const hasEndpoint = (env: Environment, signal: Signal) =>
  Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`])

/** Undefined: not set. */
function readNames(env: Environment, signal: Signal): readonly string[] | undefined {
  const raw = env[`OTEL_${signal}_EXPORTER`]?.trim().toLowerCase()
  if (!raw) return undefined
  return raw.split(',').map((name) => name.trim())
}

function readTraces(env: Environment): readonly Exporter[] {
  const names = readNames(env, 'TRACES') ?? (hasEndpoint(env, 'TRACES') ? ['otlp'] : ['none'])
  return readExporters(env, 'TRACES', names, ['otlp', 'console', 'none'])
}

/** Without an endpoint nothing is pushed, whatever is asked for: nobody would take it. */
function readMetrics(env: Environment): readonly Exporter[] {
  const endpoint = hasEndpoint(env, 'METRICS')
  const names = readNames(env, 'METRICS') ?? ['otlp']
  const allowed = ['otlp', 'console', 'none', 'prometheus']
  const possible = endpoint ? names : names.filter((name) => name !== 'otlp')
  return readExporters(env, 'METRICS', possible, allowed)
}

function readLogs(env: Environment, disabled: boolean): readonly Exporter[] {
  const endpoint = hasEndpoint(env, 'LOGS')
  const names = readNames(env, 'LOGS') ?? (endpoint && !disabled ? ['otlp'] : ['console'])
  for (const name of names) {
    if (!['otlp', 'console', 'none'].includes(name)) {
      throw new Error(
        `unsupported OTEL_LOGS_EXPORTER value ${JSON.stringify(name)} (allowed: otlp, console, none)`,
      )
    }
  }
  if (names.includes('otlp') && !endpoint) throw new Error('invalid OTLP endpoint: empty')
  const possible = disabled ? names.filter((name) => name !== 'otlp') : names
  return readExporters(env, 'LOGS', possible, ['otlp', 'console', 'none'])
}

function readExporters(
  env: Environment,
  signal: Signal,
  names: readonly string[],
  allowed: readonly string[],
): readonly Exporter[] {
  const unknown = names.find((name) => !allowed.includes(name))
  if (unknown !== undefined) {
    throw new Error(
      `unsupported OTEL_${signal}_EXPORTER value ${JSON.stringify(unknown)} (allowed: ${allowed.join(', ')})`,
    )
  }
  if (names.includes('none')) return []
  return [...new Set(names)].flatMap((name): Exporter[] => {
    if (name === 'console') return [{ kind: 'console' }]
    return name === 'otlp' ? [{ kind: 'otlp', protocol: readProtocol(env, signal) }] : []
  })
}

const protocols: ReadonlyMap<string, OtlpProtocol> = new Map(
  (['http/protobuf', 'http/json', 'grpc'] as const).map((name) => [name, name]),
)

function readProtocol(env: Environment, signal: Signal): OtlpProtocol {
  const own = `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`
  const variable = env[own] ? own : 'OTEL_EXPORTER_OTLP_PROTOCOL'
  const raw = env[variable]?.trim().toLowerCase()
  if (!raw) return signal === 'LOGS' && logsPortIsGrpc(env) ? 'grpc' : 'http/protobuf'
  const protocol = protocols.get(raw)
  if (protocol !== undefined) return protocol
  throw new Error(
    `unsupported ${variable} value ${JSON.stringify(raw)} (allowed: ${[...protocols.keys()].join(', ')})`,
  )
}

/** Where access logs have always been sent by gRPC, the port says so. */
const logsPortIsGrpc = (env: Environment) =>
  /:4317\/?$/.test(
    env['OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'] || (env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''),
  )

function readPropagators(env: Environment): readonly PropagatorName[] {
  const raw = env['OTEL_PROPAGATORS']?.trim().toLowerCase()
  const names = raw ? raw.split(',').map((name) => name.trim()) : ['tracecontext', 'baggage']
  if (names.includes('none')) return []
  return [...new Set(names)].map((name) => {
    const known = propagators.find((propagator) => propagator === name)
    if (known !== undefined) return known
    throw new Error(
      `unsupported OTEL_PROPAGATORS value ${JSON.stringify(name)} (allowed: ${propagators.join(', ')}, none)`,
    )
  })
}

function readVocabulary(env: Environment): OtelSettings['vocabulary'] {
  const raw = env['AI_GATEWAY_TRACING_SEMCONV'] || 'openinference'
  if (raw === 'openinference' || raw === 'gen_ai') return raw
  throw new Error(
    `invalid AI_GATEWAY_TRACING_SEMCONV ${JSON.stringify(raw)}: must be one of openinference, gen_ai`,
  )
}

/** A boolean, or one of the newer names. */
function readCapture(raw: string | undefined): boolean {
  const name = raw?.trim().toLowerCase()
  if (name === 'span_only' || name === 'span_and_event') return true
  return readBoolean(raw) === true
}

function readMilliseconds(
  env: Environment,
  variable: string,
  fallback: number,
  warnings: string[],
): number {
  const raw = env[variable]
  if (!raw) return fallback
  if (/^\d{1,9}$/.test(raw) && Number(raw) > 0) return Number(raw)
  warnings.push(`${variable}: expected milliseconds; ${fallback} is used`)
  return fallback
}
