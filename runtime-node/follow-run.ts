// A running gateway that follows its files.
import type { Gateway, GatewaySpec } from '../src/index.ts'
import { type LoadedConfig, reloadConfig } from './config-source.ts'
import { messageOf } from './exit-errors.ts'
import type { NodeFetch } from './fetch.ts'
import { describeFrozen } from './frozen-listeners.ts'
import { followConfig, type LiveConfig, versionOf } from './reload.ts'
import { defaultLogLevel, type Run } from './run-parts.ts'
import type { Telemetry } from './telemetry.ts'
import { prepareSpec } from './usable-spec.ts'

/** For metrics. */
export function describeFacts(loaded: LoadedConfig, { routes, backends }: GatewaySpec) {
  return {
    version: versionOf(loaded),
    source: loaded.origin.kind,
    routes: routes.length,
    backends: Object.keys(backends).length,
  }
}

export interface Serving {
  readonly spec: GatewaySpec
  readonly gateway: Gateway
  readonly onApply: (next: GatewaySpec) => void
  readonly outgoing: Pick<NodeFetch, 'retire'>
  readonly telemetry: Pick<Telemetry, 'configure' | 'loaded' | 'refused'>
}

/** Changes of files become the configuration in use; open ports stay as they are. */
export function follow(
  run: Run,
  { spec, gateway, outgoing, telemetry, onApply }: Serving,
): LiveConfig {
  const { settings, system, parts, loaded, processLog, log } = run
  const told = new Set<string>()
  return followConfig({
    system,
    log,
    loaded,
    spec,
    watch: settings.watch,
    reload: (before) => reloadConfig(before, settings, system, parts.parseConfig),
    prepare: (next) => prepareSpec(next, settings),
    apply(next, from) {
      // Before the first request that it serves.
      onApply(next)
      gateway.reload(next)
      outgoing.retire()
      if (!settings.debug) processLog.setLevel(next.logLevel ?? defaultLogLevel)
      telemetry.loaded(describeFacts(from, next))
      telemetry.configure(next).catch((error: unknown) => log('error', messageOf(error)))
      for (const frozen of describeFrozen(spec.listeners, next.listeners)) {
        if (told.has(frozen)) continue
        told.add(frozen)
        log('warn', frozen)
        system.stderr.write(`warning: ${frozen}\n`)
      }
    },
    onRefused: telemetry.refused,
  })
}
