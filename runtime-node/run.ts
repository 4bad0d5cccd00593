// `aigw run`: load, listen, say so, and stop in an orderly way.
import { createHash } from 'node:crypto'
import { createColors } from 'picocolors'
import { listCredentialHeaders } from '../src/config/credential-headers.ts'
import { parseConfig } from '../src/config/parse.ts'
import { describeBug } from '../src/describe-bug.ts'
import {
  createGateway,
  type Diagnostic,
  formatDiagnostic,
  type Gateway,
  type GatewaySpec,
  type ListenerSpec,
  type Logger,
  type LogLevel,
  type Observer,
  type UpstreamFetch,
} from '../src/index.ts'
import { createDebugLog } from '../src/observe/debug-log.ts'
import { startAdmin } from './admin.ts'
import { createAdminPage } from './admin-page.ts'
import { answerConfig, describeRefusal } from './config-answer.ts'
import { type LoadedConfig, loadConfig, reloadConfig } from './config-source.ts'
import { createAwsDefaultChain } from './credentials.ts'
import { nodeDigests } from './digests.ts'
import { exitCodes, messageOf, RunError } from './exit-errors.ts'
import { createNodeFetch } from './fetch.ts'
import { describeFrozen } from './frozen-listeners.ts'
import { createGcpDefaultCredentials } from './gcp-credentials.ts'
import type { Listening } from './listening.ts'
import { openProcessLog, type ProcessLog } from './log.ts'
import { createPageSource } from './page-source.ts'
import { writePidFile } from './pid-file.ts'
import { followConfig, type LiveConfig, versionOf } from './reload.ts'
import { serve } from './serve.ts'
import type { RunSettings, SimulationSettings } from './settings.ts'
import { watchStopRequests } from './shutdown.ts'
import { withPlaceholderCredentials } from './simulation.ts'
import {
  describeExample,
  describeWideBind,
  formatListeningLine,
  formatStartupTable,
  readyLine,
  type Started,
} from './startup-table.ts'
import type { System } from './system.ts'
import { openTelemetry, type Telemetry } from './telemetry.ts'
import { readVersion } from './version.ts'

/** What `run` is made of, so that a test can put something else in its place. */
export interface RunParts {
  readonly parseConfig: typeof parseConfig
  readonly createGateway: typeof createGateway
  readonly createNodeFetch: typeof createNodeFetch
  readonly serve: typeof serve
  /** Loaded only when asked for. */
  readonly createSimulator: (settings: SimulationSettings) => Promise<UpstreamFetch>
}

const nodeParts: RunParts = {
  parseConfig,
  createGateway,
  createNodeFetch,
  serve,
  async createSimulator(settings) {
    const { createSimulator } = await import('../src/simulate/simulator.ts')
    return createSimulator({ ...settings, now: Date.now, schedule: scheduleTimer })
  },
}

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

interface Run {
  readonly settings: RunSettings
  readonly system: System
  readonly parts: RunParts
  readonly loaded: LoadedConfig
  readonly processLog: ProcessLog
  readonly log: Logger
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

/** Says all that there is to say about the configuration; throws when it cannot be used. */
function usableSpec({ loaded, settings, system, log }: Run): GatewaySpec {
  const { spec, diagnostics } = loaded
  for (const diagnostic of diagnostics) {
    const line = formatDiagnostic(diagnostic)
    if (diagnostic.severity === 'info') log('info', line)
    else system.stderr.write(`${line}\n`)
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (spec === undefined || errors.length > 0) throw new RunError(summarize(errors))
  return prepareSpec(spec, settings)
}

function prepareSpec(spec: GatewaySpec, { simulation }: RunSettings): GatewaySpec {
  return simulation === undefined ? spec : withPlaceholderCredentials(spec)
}

/** The first error; one in the text itself comes first, as the others may only follow from it. */
function summarize(errors: readonly Diagnostic[]): string {
  const inText = errors.find(({ code }) => /^(env|yaml)\b/.test(code))
  const [first] = errors
  if (first === undefined) return 'the configuration cannot be used'
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more)`
  const said = inText === undefined ? first.message : `error reading config: ${inText.message}`
  return `${said}${more}`
}

interface OpenPorts {
  readonly adminPort: number
  /** Stops accepting, waits for what is under way (at most so long), then closes the rest. */
  drain(timeoutMs: number): Promise<void>
}

async function openPorts(run: Run, spec: GatewaySpec): Promise<OpenPorts> {
  const { settings, system, parts, log } = run
  const outgoing = await openOutgoing(run)
  const telemetry = await openTelemetry({
    env: system.env,
    version: readVersion(),
    log,
    connections: outgoing.connections,
  })
  await telemetry.configure(spec).catch((error: unknown) => {
    throw new RunError(messageOf(error), { cause: error })
  })
  let credentialHeaders = listCredentialHeaders(spec)
  const gateway = parts.createGateway({
    config: spec,
    fetch: outgoing.fetch,
    log,
    observers: [...telemetry.observers, ...debugObservers(run, () => credentialHeaders)],
    digests: nodeDigests,
    errorForm: run.settings.errorForm,
    awsDefaultChain: createAwsDefaultChain({ env: system.env, home: system.home }),
    gcpDefaultCredentials: createGcpDefaultCredentials({ env: system.env, home: system.home }),
  })
  system.stderr.write(`${readyLine}\n`)

  const open: Listening[] = []
  const listeners: Started['listeners'][number][] = []
  let live: LiveConfig | undefined
  const source = createPageSource({
    telemetry,
    version: readVersion(),
    startedAt: Math.round(system.microseconds() / 1000),
    notice: () => describeRefusal(live),
    example: () =>
      describeExample({
        spec: live?.status().loaded.spec ?? spec,
        simulated: settings.simulation !== undefined,
        hosts: settings.hosts,
        listeners,
        shell: shellOf(system),
      }),
  })
  const admin = startAdmin({
    hosts: settings.adminHosts,
    port: settings.adminPort,
    routes: {
      ...createAdminPage({ source }),
      ...telemetry.adminRoutes,
      '/config': (caller) => answerConfig(caller, live),
    },
    remark: () => describeRefusal(live),
  })
  telemetry.loaded(describeFacts(run.loaded, spec))
  // Looked at below, after the listeners: until then a rejection is not a stray one.
  admin.catch(() => {})
  const drain = async (timeoutMs: number) => {
    live?.close()
    await Promise.all(open.map((listening) => listening.drain(timeoutMs)))
    await admin.then((server) => server.close()).catch(() => {})
    await outgoing.close()
    // Last: the spans of what was under way end with it.
    await telemetry.close()
  }
  try {
    for (const { port, listenerPort, names, client } of groupByPort(
      spec.listeners,
      settings.port,
    )) {
      const options = { port, hosts: settings.hosts, client }
      const listening = await parts
        .serve(gateway.forPort(listenerPort), options)
        .catch(explainBind(port))
      open.push(listening)
      listeners.push(...names.map((name) => ({ name, port: listening.port })))
    }
    const server = await admin.catch(explainBind(settings.adminPort))
    const onApply = (next: GatewaySpec) => {
      credentialHeaders = listCredentialHeaders(next)
    }
    live = follow(run, { spec, gateway, outgoing, telemetry, onApply })
    server.markReady()
    announce(run, { spec, listeners, adminPort: server.port })
    return {
      adminPort: server.port,
      drain(timeoutMs) {
        server.startDraining()
        return drain(timeoutMs)
      },
    }
  } catch (error) {
    await drain(0)
    throw error
  }
}

/** Prompts and answers are shown to nobody who has not asked for them. */
function debugObservers(
  { settings, system, log }: Run,
  credentialHeaders: () => ReadonlySet<string>,
): readonly Observer[] {
  const { debug, debugLogBodies } = settings
  if (!debug) return []
  if (debugLogBodies) {
    system.stderr.write('warning: the log shows prompts and answers (--debug-log-bodies)\n')
  }
  const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
  const bodies = debugLogBodies ? 'shown' : 'redacted'
  return [createDebugLog({ log, hash, bodies, credentialHeaders })]
}

function describeFacts(loaded: LoadedConfig, { routes, backends }: GatewaySpec) {
  return {
    version: versionOf(loaded),
    source: loaded.origin.kind,
    routes: routes.length,
    backends: Object.keys(backends).length,
  }
}

interface Serving {
  readonly spec: GatewaySpec
  readonly gateway: Gateway
  readonly onApply: (next: GatewaySpec) => void
  readonly outgoing: Pick<ReturnType<typeof createNodeFetch>, 'retire'>
  readonly telemetry: Pick<Telemetry, 'configure' | 'loaded' | 'refused'>
}

/** Changes of files become the configuration in use; open ports stay as they are. */
function follow(run: Run, { spec, gateway, outgoing, telemetry, onApply }: Serving): LiveConfig {
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

function openOutgoing({ settings, parts }: Run): Promise<ReturnType<typeof createNodeFetch>> {
  const { simulation } = settings
  if (simulation === undefined) return Promise.resolve(parts.createNodeFetch())
  return parts.createSimulator(simulation).then((fetch) => ({
    fetch,
    connections: () => ({ active: 0, idle: 0 }),
    retire: () => {},
    close: () => Promise.resolve(),
  }))
}

const defaultLogLevel = 'warn'

interface PortGroup {
  readonly port: number
  /** As the configuration has it. */
  readonly listenerPort: number
  readonly names: readonly string[]
  readonly client: ListenerSpec['client']
}

/** Listeners that differ in host name alone share a port, with the first one's client policy. */
function groupByPort(listeners: readonly ListenerSpec[], port: number | undefined): PortGroup[] {
  const groups = new Map<number, PortGroup>()
  for (const { name, port, client } of listeners) {
    const group = groups.get(port)
    groups.set(
      port,
      group
        ? { ...group, names: [...group.names, name] }
        : { port, listenerPort: port, names: [name], client },
    )
  }
  const [first, ...others] = groups.values()
  if (first === undefined) throw new RunError('the configuration has no listener')
  return [{ ...first, port: port ?? first.port }, ...others]
}

function explainBind(port: number) {
  return (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') throw new RunError(`port ${port} is in use`, { cause: error })
    if (code === 'EACCES') throw new RunError(`port ${port}: permission denied`, { cause: error })
    throw new RunError(messageOf(error), { cause: error })
  }
}

const shellOf = ({ path }: System) => (path.sep === '\\' ? 'cmd' : 'posix')

function announce(
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
    shell: shellOf(system),
    uptimeMs: system.uptime(),
  }
  const wide = describeWideBind(started)
  if (wide !== undefined) log('warn', wide)
  const { env, stderr } = system
  const colors = createColors(stderr.isTerminal && !env.NO_COLOR && env.TERM !== 'dumb')
  const lines = [
    formatListeningLine(started),
    ...(wide === undefined ? [] : [colors.yellow(`warning: ${wide}`)]),
    ...formatStartupTable(started, colors),
  ]
  stderr.write(`${lines.join('\n')}\n`)
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

function scheduleTimer(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}
