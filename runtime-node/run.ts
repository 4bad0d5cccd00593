// `aigw run`: load, listen, say so, and stop in an orderly way.
import { describeBug } from '../src/describe-bug.ts'
import type { LogLevel } from '../src/index.ts'
import { loadConfig } from './config-source.ts'
import { exitCodes } from './exit-errors.ts'
import { openProcessLog, type ProcessLog } from './log.ts'
import { openPorts } from './open-ports.ts'
import { writePidFile } from './pid-file.ts'
import { defaultLogLevel, nodeParts, type Run, type RunParts } from './run-parts.ts'
import type { RunSettings } from './settings.ts'
import { watchStopRequests } from './shutdown.ts'
import type { System } from './system.ts'
import { usableSpec } from './usable-spec.ts'

/** Serves until it is told to stop and returns the exit code. Throws a `RunError` where it cannot start. */
export async function run(
  settings: RunSettings,
  system: System,
  parts: RunParts = nodeParts,
): Promise<number> {
  const loaded = await loadConfig(settings, system, parts.parseConfig)
  const processLog = openLog(settings, system, loaded.spec?.logLevel)
  const takeOff = system.onStrayRejection((reason) =>
    processLog.log('error', 'unhandled rejection', { error: describeBug(reason) }),
  )
  try {
    return await serveUntilStopped({
      settings,
      system,
      parts,
      loaded,
      processLog,
      log: processLog.log,
    })
  } finally {
    takeOff()
    await processLog.close()
  }
}

async function serveUntilStopped(run: Run): Promise<number> {
  const { settings, system, log } = run
  const spec = usableSpec(run)
  const stops = watchStopRequests(system)
  try {
    const ports = await openPorts(run, spec)
    const { homes, runId } = settings
    const removePidFile = writePidFile({ directory: homes.runtime, runId, log }, system)
    log('info', 'started', { run: runId, adminPort: ports.adminPort })
    const signal = await stops.first
    log('info', 'stopping', { signal, drainTimeoutMs: settings.drainTimeoutMs })
    if (system.stderr.isTerminal) {
      system.stderr.write('\nStopping: requests under way may finish. Again to stop at once.\n')
    }
    const code = await Promise.race([
      ports.drain(settings.drainTimeoutMs).then(() => exitCodes.ok),
      stops.second.then(() => exitCodes.failed),
    ])
    removePidFile()
    log('info', 'stopped', { code })
    return code
  } finally {
    stops.ignore()
  }
}

function openLog(
  { homes, runId, debug, logFormat }: RunSettings,
  { path, stderr }: System,
  configured: LogLevel = defaultLogLevel,
): ProcessLog {
  return openProcessLog({
    directory: path.join(homes.state, 'runs', runId),
    format: logFormat,
    level: debug ? 'debug' : configured,
    stderr,
    alsoToStderr: debug,
  })
}
