// All that watches the gateway of a run: metrics, and whatever the OTEL_* variables turn on. Packages that a run does
// not need are not loaded.
import { describeBug } from '../src/describe-bug.ts'
import type { GatewaySpec, Logger, Observer } from '../src/index.ts'
import { type Activity, createActivity } from '../src/observe/activity.ts'
import { createGenaiMetrics } from '../src/observe/genai-metrics.ts'
import { type HeaderAttributes, readHeaderAttributes } from '../src/observe/header-attributes.ts'
import { combineSinks } from '../src/observe/metrics-sink.ts'
import { type OtelSettings, readOtelSettings } from '../src/observe/otel-settings.ts'
import { readResource } from '../src/observe/resource.ts'
import { createAccessLogs } from './access-logs.ts'
import type { AdminRoutes } from './admin.ts'
import { messageOf, RunError } from './exit-errors.ts'
import { type Connections, createGatewayFacts, type GatewayFacts } from './gateway-facts.ts'
import { createLineSink, type LineSink } from './line-sink.ts'
import { createPrometheus } from './prometheus.ts'
import type { Environment } from './system.ts'

export interface TelemetryOptions {
  readonly env: Environment
  readonly version: string
  readonly log: Logger
  /** File descriptors of the process; a test has others. */
  readonly stdout?: number
  readonly stderr?: number
  readonly connections: () => Connections
}

export interface Telemetry extends Pick<GatewayFacts, 'inFlight' | 'loaded' | 'refused'> {
  readonly observers: readonly Observer[]
  readonly activity: Pick<Activity, 'version' | 'report'>
  readonly adminRoutes: AdminRoutes
  /** Makes the access log what the configuration wants; rejects where it cannot, and then nothing changes. */
  configure(spec: GatewaySpec): Promise<void>
  /** Sends what is left; resolves in 5 s at the latest, whatever the collector does. */
  close(): Promise<void>
}

const closeMs = 5000

/** Rejects with a `RunError` where a variable makes no sense. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  try {
    return await open(options)
  } catch (error) {
    throw new RunError(messageOf(error), { cause: error })
  }
}

/** Something that sends on its own time. */
interface Sender {
  readonly observers: readonly Observer[]
  /** Takes no more, and sends what it has. */
  shutdown(): Promise<void>
}

async function open(options: TelemetryOptions): Promise<Telemetry> {
  const { env, version, log, connections } = options
  const headerAttributes = readHeaderAttributes(env)
  const settings = readOtelSettings(env)
  const resource = readResource(env)
  for (const warning of settings.warnings) log('warn', warning)
  if (resource.malformed.length > 0) {
    const items = resource.malformed.join(', ')
    log('warn', `OTEL_RESOURCE_ATTRIBUTES: ignored what is not key=value (item ${items})`)
  }
  const onTrouble = (trouble: string) => log('warn', 'access log', { trouble })
  const stdout = createLineSink({ target: options.stdout ?? 1, onTrouble })
  const stderr = createLineSink({ target: options.stderr ?? 2, onTrouble })
  const accessLogs = createAccessLogs({
    headerAttributes: headerAttributes.log,
    settings,
    resource: resource.attributes,
    stdout,
    stderr,
    log,
  })
  const sends = [...settings.traces, ...settings.metrics, ...settings.logs]
  if (sends.some(({ kind }) => kind === 'otlp')) {
    const { watchDiagnostics } = await import('./otel/diagnostics.ts')
    watchDiagnostics(env.OTEL_LOG_LEVEL, log, Date.now)
  }
  let droppedSpans = () => 0
  const senders: Sender[] = []
  if (settings.traces.length > 0) {
    const tracing = await openTracing({
      ...{ options, settings, headerAttributes, stdout },
      resource: resource.attributes,
    })
    droppedSpans = tracing.dropped
    senders.push(tracing)
  }
  const facts = createGatewayFacts({ version, connections, droppedSpans: () => droppedSpans() })
  const prometheus = createPrometheus({
    attributes: headerAttributes.metrics.map(({ attribute }) => attribute),
    resource: resource.attributes,
    facts: facts.facts,
  })
  const sinks = [prometheus.sink]
  if (settings.metrics.length > 0) {
    const { openMetricsPusher } = await import('./otel/metrics.ts')
    const pusher = await openMetricsPusher({
      exporters: settings.metrics,
      metricIntervalMs: settings.metricIntervalMs,
      metricTimeoutMs: settings.metricTimeoutMs,
      resource: resource.attributes,
      temporality: env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE,
      writeLine: stdout.write,
    })
    sinks.push(pusher.sink)
    senders.push({ observers: [], shutdown: pusher.shutdown })
  }
  const metrics = createGenaiMetrics({
    sink: combineSinks(sinks),
    headerAttributes: headerAttributes.metrics,
    errorTypes: env.AIGW_METRICS_ERROR_TYPES === 'kinds' ? 'kinds' : 'other',
  })
  const activity = createActivity()
  return {
    observers: [
      facts.observer,
      metrics,
      activity.observer,
      ...senders.flatMap(({ observers }) => observers),
      accessLogs.observer,
    ],
    adminRoutes: {
      '/metrics': async () => ({ status: 200, ...(await prometheus.scrape()) }),
    },
    activity,
    inFlight: facts.inFlight,
    loaded: facts.loaded,
    refused: facts.refused,
    configure: accessLogs.configure,
    async close() {
      const ending = [...senders.map((sender) => sender.shutdown()), accessLogs.close(closeMs)]
      await within(closeMs, Promise.allSettled(ending))
      await Promise.all([stdout.close(lastLinesMs), stderr.close(lastLinesMs)])
    },
  }
}

/** Lines that are written already, and only wait for the system to take them. */
const lastLinesMs = 500

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work, limit])
  clearTimeout(timer)
}

interface TracingParts {
  readonly options: TelemetryOptions
  readonly settings: OtelSettings
  readonly headerAttributes: HeaderAttributes
  readonly resource: Readonly<Record<string, string>>
  readonly stdout: LineSink
}

async function openTracing(parts: TracingParts): Promise<Sender & { dropped(): number }> {
  const { settings, headerAttributes, resource, stdout } = parts
  const { env, log } = parts.options
  const [{ openTraces }, { createAfterwards }, { createTracing }, { createVocabulary }] =
    await Promise.all([
      import('./otel/traces.ts'),
      import('./otel/afterwards.ts'),
      import('../src/observe/tracing.ts'),
      import('../src/observe/spans/vocabulary.ts'),
    ])
  const { vocabulary, flattensMessages } = createVocabulary(settings, env)
  const traces = await openTraces({
    exporters: settings.traces,
    propagators: settings.propagators,
    resource,
    manyAttributes: flattensMessages && !env.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT,
    writeLine: (line) => stdout.write(line),
  })
  const afterwards = createAfterwards((error) =>
    log('error', 'an observer failed', { error: describeBug(error) }),
  )
  const tracing = createTracing({
    tracer: traces.tracer,
    vocabulary,
    headerAttributes: headerAttributes.span,
    later: afterwards.add,
  })
  return {
    observers: [tracing],
    dropped: traces.dropped,
    shutdown() {
      afterwards.finish()
      tracing.endAll()
      return traces.shutdown()
    },
  }
}
