// Everything that a run opens, in order: the outgoing side, telemetry, the gateway, the admin server, the listeners.
import { createHash } from 'node:crypto'
import { listCredentialHeaders } from '../src/config/credential-headers.ts'
import type { GatewaySpec, Observer } from '../src/index.ts'
import { createDebugLog } from '../src/observe/debug-log.ts'
import { startAdmin } from './admin.ts'
import { createAdminPage } from './admin-page.ts'
import { announce, shellOf } from './announce.ts'
import { answerConfig, describeRefusal } from './config-answer.ts'
import { createAwsDefaultChain } from './credentials.ts'
import { nodeDigests } from './digests.ts'
import { messageOf, RunError } from './exit-errors.ts'
import { describeFacts, follow } from './follow-run.ts'
import { createGcpDefaultCredentials } from './gcp-credentials.ts'
import type { Listening } from './listening.ts'
import { createPageSource } from './page-source.ts'
import { groupByPort } from './port-groups.ts'
import type { LiveConfig } from './reload.ts'
import { openOutgoing, type Run } from './run-parts.ts'
import { describeExample, type Started } from './startup-table.ts'
import { openTelemetry } from './telemetry.ts'
import { readVersion } from './version.ts'

export interface OpenPorts {
  readonly adminPort: number
  /** Stops accepting, waits for what is under way (at most so long), then closes the rest. */
  drain(timeoutMs: number): Promise<void>
}

/** Throws a `RunError`; nothing stays open then. */
export async function openPorts(run: Run, spec: GatewaySpec): Promise<OpenPorts> {
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
    errorForm: settings.errorForm,
    prefixes: prefixesBelow(settings.rootPrefix),
    awsDefaultChain: createAwsDefaultChain(system),
    gcpDefaultCredentials: createGcpDefaultCredentials(system),
  })

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
        rootPrefix: settings.rootPrefix,
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
        .catch(explainBind(port, '--port'))
      open.push(listening)
      listeners.push(...names.map((name) => ({ name, port: listening.port })))
    }
    const server = await admin.catch(explainBind(settings.adminPort, '--admin-port'))
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

const prefixesBelow = (root: string) => ({
  openai: root,
  anthropic: `${root}/anthropic`,
  cohere: `${root}/cohere`,
})

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

function explainBind(port: number, flag: string) {
  return (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new RunError(`port ${port} is in use: ${flag} chooses another`, { cause: error })
    }
    if (code === 'EACCES') throw new RunError(`port ${port}: permission denied`, { cause: error })
    throw new RunError(messageOf(error), { cause: error })
  }
}
