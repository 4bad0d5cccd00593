// What the gateway counts about itself, besides the calls that it serves.
import type { Observer } from '../src/index.ts'
import type { Fact } from './prometheus.ts'

export interface GatewayFacts {
  readonly facts: readonly Fact[]
  readonly observer: Observer
  /** Requests under way. */
  inFlight(): number
  /** A configuration is in use: the first, or another after a reload. */
  loaded(config: ConfigFacts): void
  /** A reload was refused: what was in use stays. */
  refused(): void
}

export interface ConfigFacts {
  /** Changes with the text. */
  readonly version: string
  /** For example `file` or `built-in`. */
  readonly source: string
  readonly routes: number
  readonly backends: number
}

export interface Connections {
  /** With a request under way. */
  readonly active: number
  readonly idle: number
}

export interface GatewayFactsOptions {
  readonly version: string
  readonly connections: () => Connections
  readonly droppedSpans: () => number
}

export function createGatewayFacts(options: GatewayFactsOptions): GatewayFacts {
  let config: ConfigFacts | undefined
  let inFlight = 0
  let reloads = 0
  let refusals = 0
  let lastRefused = false
  const fact = (
    kind: Fact['kind'],
    name: string,
    help: string,
    read: () => number | ReturnType<Fact['read']>,
  ): Fact => ({
    name,
    help,
    kind,
    read() {
      const found = read()
      return typeof found === 'number' ? [{ value: found }] : found
    },
  })
  return {
    observer: {
      open() {
        inFlight++
      },
      finish() {
        inFlight--
      },
    },
    inFlight: () => inFlight,
    loaded(next) {
      if (config !== undefined) reloads++
      config = next
      lastRefused = false
    },
    refused() {
      refusals++
      lastRefused = true
    },
    facts: [
      fact('gauge', 'aigw_build_info', 'The version that runs.', () => [
        { labels: { version: options.version }, value: 1 },
      ]),
      fact('gauge', 'aigw_config_info', 'The configuration in use, and where it came from.', () => {
        const { version = '', source = 'none', routes = 0, backends = 0 } = config ?? {}
        const labels = { version, source, routes: String(routes), backends: String(backends) }
        return [{ labels, value: 1 }]
      }),
      fact('counter', 'aigw_config_reloads_total', 'Reloads of the configuration.', () => [
        { labels: { outcome: 'success' }, value: reloads },
        { labels: { outcome: 'failure' }, value: refusals },
      ]),
      fact(
        'gauge',
        'aigw_config_last_reload_successful',
        'Whether the last configuration that was read is the one in use.',
        () => (lastRefused ? 0 : 1),
      ),
      fact(
        'gauge',
        'aigw_requests_in_flight',
        'Requests to AI endpoints that have not been answered in full.',
        () => inFlight,
      ),
      fact('gauge', 'aigw_upstream_connections', 'Open connections to providers.', () => {
        const { active, idle } = options.connections()
        return [
          { labels: { state: 'active' }, value: active },
          { labels: { state: 'idle' }, value: idle },
        ]
      }),
      fact(
        'counter',
        'aigw_spans_dropped_total',
        'Spans that were lost because the collector did not take them in time.',
        options.droppedSpans,
      ),
    ],
  }
}
