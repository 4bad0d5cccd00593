// All that watches the gateway of a run: metrics, and whatever the OTEL_* variables turn on. Packages that a run does
// not need are not loaded.
import type { Logger, Observer } from '../src/index.ts'
import { createGenaiMetrics } from '../src/observe/genai-metrics.ts'
import { readHeaderAttributes } from '../src/observe/header-attributes.ts'
import { combineSinks } from '../src/observe/metrics-sink.ts'
import { readResource } from '../src/observe/resource.ts'
import type { AdminRoutes } from './admin.ts'
import { messageOf, RunError } from './exit-errors.ts'
import { type Connections, createGatewayFacts, type GatewayFacts } from './gateway-facts.ts'
import { createPrometheus } from './prometheus.ts'
import type { Environment } from './system.ts'

export interface TelemetryOptions {
  readonly env: Environment
  readonly version: string
  readonly log: Logger
  readonly connections: () => Connections
}

export interface Telemetry extends Pick<GatewayFacts, 'loaded' | 'refused'> {
  readonly observers: readonly Observer[]
  readonly adminRoutes: AdminRoutes
}

/** Throws a `RunError` where a variable makes no sense. */
export function openTelemetry(options: TelemetryOptions): Telemetry {
  try {
    return open(options)
  } catch (error) {
    throw new RunError(messageOf(error), { cause: error })
  }
}

function open({ env, version, log, connections }: TelemetryOptions): Telemetry {
  const headerAttributes = readHeaderAttributes(env)
  const resource = readResource(env)
  if (resource.malformed.length > 0) {
    const items = resource.malformed.join(', ')
    log('warn', `OTEL_RESOURCE_ATTRIBUTES: ignored what is not key=value (item ${items})`)
  }
  const facts = createGatewayFacts({ version, connections, droppedSpans: () => 0 })
  const prometheus = createPrometheus({
    attributes: headerAttributes.metrics.map(({ attribute }) => attribute),
    resource: resource.attributes,
    facts: facts.facts,
    log: (error) => log('error', 'metrics cannot be kept', { error: messageOf(error) }),
  })
  const metrics = createGenaiMetrics({
    sink: combineSinks([prometheus.sink]),
    headerAttributes: headerAttributes.metrics,
    errorTypes: env.AIGW_METRICS_ERROR_TYPES === 'kinds' ? 'kinds' : 'other',
  })
  return {
    observers: [facts.observer, metrics],
    adminRoutes: {
      '/metrics': async () => ({ status: 200, ...(await prometheus.scrape()) }),
    },
    loaded: facts.loaded,
    refused: facts.refused,
  }
}
