// What a person reads when the gateway has started.
import { createColors } from 'picocolors'
import type { Run } from './run-parts.ts'
import {
  describeWideBind,
  formatListeningLine,
  formatStartupTable,
  readyLine,
  type Started,
} from './startup-table.ts'
import type { System } from './system.ts'

/** How a command line is quoted there. */
export const shellOf = ({ path }: System) => (path.sep === '\\' ? 'cmd' : 'posix')

export function announce(
  { settings, system, loaded, log }: Run,
  { spec, listeners, adminPort }: Pick<Started, 'spec' | 'listeners' | 'adminPort'>,
): void {
  const started: Started = {
    spec,
    listeners,
    adminPort,
    origin: loaded.origin,
    hosts: settings.hosts,
    adminHosts: settings.adminHosts,
    simulated: settings.simulation !== undefined,
    rootPrefix: settings.rootPrefix,
    shell: shellOf(system),
    uptimeMs: system.uptime(),
  }
  const wide = describeWideBind(started)
  if (wide !== undefined) log('warn', wide)
  const { env, stderr } = system
  const colors = createColors(stderr.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb')
  const lines = [
    readyLine,
    formatListeningLine(started),
    ...(wide === undefined ? [] : [colors.yellow(`warning: ${wide}`)]),
    ...formatStartupTable(started, colors),
  ]
  stderr.write(`${lines.join('\n')}\n`)
}
