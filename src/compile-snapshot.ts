// A configuration, made ready for requests: one snapshot for each port, and one for a program that has no ports.
import type { BackendAuth } from './auth/auth.ts'
import { createAuth } from './auth/index.ts'
import { createRuleCompiler } from './compile-rule.ts'
import type { GatewaySpec } from './config/config.ts'
import { createFailedAttemptLog } from './failed-attempts.ts'
import type { ErrorForm, Snapshot } from './handle.ts'
import { createKeeper } from './keeper.ts'
import type { Ports } from './ports.ts'
import { type CircuitState, createCircuitState } from './routing/circuit-breaker.ts'
import { createEndpointState, type EndpointState } from './routing/endpoint-state.ts'
import { createRouteTable } from './routing/table.ts'

export interface Snapshots {
  /** Of a listener's port; for any other number, and without one, all routes of all listeners. */
  of(port: number | undefined): Snapshot
}

export interface SnapshotOptions {
  /** In the place of what listeners say. */
  readonly maxRequestBytes: number | undefined
  readonly defaultMaxRequestBytes: number
  readonly maxFrameBytes: number
  readonly errorForm: ErrorForm
}

/**
 * Compiles one configuration after another. Credentials that did not change keep what they have cached, endpoints
 * how they have fared, and rules what they have under way.
 * One that throws leaves everything as it was.
 */
export function createSnapshotCompiler(
  ports: Ports,
  options: SnapshotOptions,
): (config: GatewaySpec) => Snapshots {
  const startedAt = Math.floor(ports.now() / 1000)
  const tellFailed = createFailedAttemptLog(ports)
  const credentials = createKeeper<BackendAuth>()
  const endpoints = createKeeper<EndpointState>()
  const circuits = createKeeper<CircuitState>()
  return (config) => {
    const keptAuth = credentials.begin()
    const keptEndpoints = endpoints.begin()
    const keptCircuits = circuits.begin()
    const compileRule = createRuleCompiler(config, ports, {
      auth: (spec) => keptAuth.of(JSON.stringify(spec), () => createAuth(spec, ports)),
      endpoint: (key) => keptEndpoints.of(key, createEndpointState),
      circuit: (rule) => keptCircuits.of(rule, createCircuitState),
    })
    const numbers = new Set(config.listeners.map(({ port }) => port))
    const compile = (port: number | undefined): Snapshot => {
      const listener = config.listeners.find((one) => port === undefined || one.port === port)
      // A host that one port keeps to itself may be served on another.
      const isWhole = port === undefined && numbers.size > 1
      const listeners = isWhole
        ? []
        : config.listeners.filter((one) => port === undefined || one.port === port)
      const routes = config.routes.filter(
        (route) => port === undefined || (route.ports?.includes(port) ?? true),
      )
      return {
        table: createRouteTable({ ...config, routes, listeners }, compileRule, startedAt),
        maxRequestBytes:
          options.maxRequestBytes ??
          listener?.client.maxRequestBytes ??
          options.defaultMaxRequestBytes,
        maxFrameBytes: options.maxFrameBytes,
        underscores: listener?.client.underscores,
        clientIdleTimeoutMs: listener?.client.streamIdleTimeoutMs,
        tellFailed,
        errorForm: options.errorForm,
        meterStreams:
          config.costs.length > 0 || config.routes.some((route) => route.costs.length > 0),
      }
    }
    const whole = compile(undefined)
    const byPort = new Map(
      numbers.size < 2 ? [] : [...numbers].map((port) => [port, compile(port)] as const),
    )
    keptAuth.commit()
    keptEndpoints.commit()
    keptCircuits.commit()
    return { of: (port) => (port === undefined ? whole : (byPort.get(port) ?? whole)) }
  }
}
