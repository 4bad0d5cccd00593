// Resources to a GatewaySpec. What is wrong is reported; the caller decides by the errors whether to use the spec.
import { checkAnnotations } from './compile/annotations.ts'
import { compileBackends } from './compile/backends.ts'
import type { Compilation } from './compile/compilation.ts'
import { compileGlobalCosts } from './compile/gateway-configs.ts'
import { checkIdleReferences } from './compile/idle-references.ts'
import { warnOfIdleSettings } from './compile/lacking.ts'
import { compileListeners } from './compile/listeners.ts'
import { compileRoutes } from './compile/routes.ts'
import { warnOfIdleHealthChecks } from './compile/traffic.ts'
import { compileTransports } from './compile/transport.ts'
import type { GatewaySpec } from './config.ts'

export function compileGateway(compilation: Compilation): GatewaySpec {
  const transportOf = compileTransports(compilation)
  const { listeners, logLevel, accessLogs } = compileListeners(compilation, transportOf)
  const { routes, connections, healthChecks } = compileRoutes(compilation, listeners)
  const backends = compileBackends(compilation, connections, transportOf)
  checkIdleReferences(compilation)
  warnOfIdleSettings(compilation)
  warnOfIdleHealthChecks(compilation, healthChecks, backends)
  checkAnnotations(compilation)
  return {
    listeners: listeners.map(({ spec }) => spec),
    routes,
    backends,
    costs: compileGlobalCosts(compilation),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(accessLogs === undefined ? {} : { accessLogs }),
  }
}
