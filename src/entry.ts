// The gateway as a module that a runtime serves by itself: Workers, `deno serve`, and Bun.
// https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/ https://docs.deno.com/runtime/reference/cli/serve/
// https://bun.com/docs/runtime/http/server#export-default-syntax
import { readAwsVariables, readGcpVariable } from './auth/environment-credentials.ts'
import type { Ability } from './config/ability.ts'
import type { GatewaySpec } from './config/config.ts'
import { type Diagnostic, formatDiagnostic } from './config/diagnostics.ts'
import { type ConfigSource, parseConfig } from './config/parse.ts'
import { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
import { isRecord } from './json/is-record.ts'
import type { Observer } from './observe/observer.ts'
import { openPortableTraces, type PortableTraces } from './observe/portable/traces.ts'
import type { Logger, LogLevel, Ports } from './ports.ts'
import { schedule } from './schedule.ts'

type GatewayPorts = Omit<GatewayOptions, 'config'>

export interface EntryOptions extends GatewayPorts {
  /** YAML, for example of a text module; absent: the variable `AIGW_CONFIG` holds it. */
  readonly config?: string
  /** Reads the files that annotations name; absent: there are none. */
  readonly readText?: ConfigSource['readText']
}

export interface Entry {
  /** `env` holds the bindings where a runtime hands them over; the process's variables count everywhere. */
  fetch(request: Request, env?: unknown, context?: EntryContext): Response | Promise<Response>
}

/** What Workers hand over with a request; what other runtimes do in its place is not looked at. */
export interface EntryContext {
  /** Work that goes on after the answer. */
  readonly waitUntil?: (work: Promise<unknown>) => void
}

type Environment = Readonly<Record<string, string>>

type Serve = (request: Request, context: EntryContext | undefined) => Response | Promise<Response>

/**
 * Made of the configuration at the first request, and kept. With a configuration that cannot be used,
 * every answer is a 500 that says why.
 */
export function createEntry(options: EntryOptions = {}): Entry {
  let serve: Serve | undefined
  return {
    ...bunSettings(),
    fetch(request, env, context) {
      serve ??= build(options, { ...processVariables(), ...textMembers(env) })
      return serve(request, context)
    },
  }
}

function build({ config, readText, ...ports }: EntryOptions, env: Environment): Serve {
  const text = config ?? env['AIGW_CONFIG']
  if (text === undefined || text.trim() === '') return refuse(unset, [])
  const file = config === undefined ? 'AIGW_CONFIG' : 'config'
  const { spec, diagnostics } = parseConfig(
    { file, text, env, readText },
    { lacking: lackingWith(ports) },
  )
  const log = ports.log ?? logToConsole(spec?.logLevel)
  for (const diagnostic of diagnostics)
    log(levels[diagnostic.severity], formatDiagnostic(diagnostic))
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (spec === undefined || errors.length > 0) return refuse(summarize(errors), errors)
  for (const name of commandVariables) {
    if (env[name]) log('warn', `${name} is set, and has no effect on this runtime`)
  }
  const traces = openTraces(env, { log, now: ports.now ?? Date.now })
  if (traces === undefined) return start(spec, { ...environmentPorts(env), ...ports, log })
  const observers = [...(ports.observers ?? []), ...traces.observers]
  return traces.around(start(spec, { ...environmentPorts(env), ...ports, log, observers }))
}

/** What a program does not hand in is not there. */
function lackingWith(ports: Partial<Ports>): readonly Ability[] {
  return [
    'listeners',
    'access-logs',
    ...(ports.fetch === undefined ? (['transport'] as const) : []),
    ...(ports.awsDefaultChain === undefined && ports.gcpDefaultCredentials === undefined
      ? (['credential-chains'] as const)
      : []),
  ]
}

/** Of the command and its telemetry: whoever sets them expects more of them than silence. */
const commandVariables = ['AIGW_SIMULATE', 'OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER']

interface EntryTraces {
  readonly observers: readonly Observer[]
  /** Sends the spans of each request once it has ended, be that after its answer was handed out. */
  around(serve: Gateway['fetch']): Serve
}

interface UnderWay {
  isOpen: boolean
  settle(): void
}

/** A variable that makes no sense costs the traces, and nothing else. */
function openTraces(
  env: Environment,
  ports: { readonly log: Logger; readonly now: () => number },
): EntryTraces | undefined {
  let traces: PortableTraces | undefined
  try {
    traces = openPortableTraces(env, ports)
  } catch (error) {
    ports.log('error', 'no traces are sent', { error: String(error) })
  }
  if (traces === undefined) return undefined
  const { observer, flush, delayMs } = traces
  const underWay = new WeakMap<object, UnderWay>()
  // Requests open while they are handed over: nothing comes between.
  let starting: UnderWay | undefined
  let isScheduled = false
  const flushLater = () => {
    if (isScheduled) return
    isScheduled = true
    schedule(() => {
      isScheduled = false
      void flush()
    }, delayMs)
  }
  return {
    observers: [
      observer,
      {
        open({ incoming }) {
          if (starting === undefined) return
          starting.isOpen = true
          underWay.set(incoming.headers, starting)
        },
        finish({ incoming }) {
          const request = underWay.get(incoming.headers)
          if (request === undefined) flushLater()
          else request.settle()
        },
      },
    ],
    around: (serve) => (request, context) => {
      if (typeof context?.waitUntil !== 'function') return serve(request)
      let settle = () => {}
      const settled = new Promise<void>((resolve) => {
        settle = resolve
      })
      const own = { isOpen: false, settle }
      context.waitUntil(settled.then(flush))
      starting = own
      const answer = serve(request)
      starting = undefined
      // Nobody will say when: it is no call.
      if (!own.isOpen) settle()
      return answer
    },
  }
}

function environmentPorts(env: Environment) {
  return {
    awsDefaultChain: async () => readAwsVariables(env),
    gcpDefaultCredentials: async () => readGcpVariable(env),
  }
}

function start(config: GatewaySpec, ports: GatewayPorts): Gateway['fetch'] {
  try {
    const { fetch } = createGateway({ ...ports, config })
    const healthPath = config.listeners.find(({ client }) => client.healthPath)?.client.healthPath
    if (healthPath === undefined) return fetch
    return (request, env, runtime) =>
      new URL(request.url).pathname === healthPath
        ? new Response(null)
        : fetch(request, env, runtime)
  } catch (error) {
    ports.log?.('error', 'the gateway cannot start', { error: String(error) })
    return refuse('the gateway cannot start: its log says why', [])
  }
}

const unset =
  'no configuration: set AIGW_CONFIG to the text of one (`aigw run --show-default` prints an example), and let Deno read it: --allow-env'

function summarize([first, ...others]: readonly Diagnostic[]): string {
  if (first === undefined) return 'the configuration cannot be used'
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  return `${formatDiagnostic(first)}${more}`
}

/** The same 500 for every request; the log says it too. */
function refuse(message: string, diagnostics: readonly Diagnostic[]): Gateway['fetch'] {
  const error = { type: 'InvalidConfiguration', code: '500', message, diagnostics }
  const body = JSON.stringify({ type: 'error', error })
  return () =>
    new Response(body, {
      status: 500,
      headers: { 'content-type': 'application/json', 'x-aigw-error': 'invalid_configuration' },
    })
}

/** Bun takes its server's settings from the module too, and would cut a stream after 10 s of silence. */
function bunSettings(): object {
  if (!('Bun' in globalThis)) return {}
  return {
    // Whoever reaches the gateway uses its credentials.
    hostname: processVariables()['AIGW_HOST'] || '127.0.0.1',
    idleTimeout: 0,
    // The core has its own limit for bodies, and answers in the client's dialect.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
  }
}

/** Where the runtime has a process (Bun, Deno, Node, some Workers), and lets us see its variables. */
function processVariables(): Environment {
  try {
    const process: unknown = Reflect.get(globalThis, 'process')
    return isRecord(process) ? textMembers(process['env']) : {}
  } catch {
    // Deno without --allow-env.
    return {}
  }
}

/** Bindings may be anything, stores and services too; Bun and Deno hand over a server or a connection. */
function textMembers(value: unknown): Environment {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )
}

const levels = { error: 'error', warning: 'warn', info: 'info' } as const
const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** From `least` on. */
function logToConsole(least: LogLevel = 'warn'): Logger {
  return (level, message, fields) => {
    if (order.indexOf(level) < order.indexOf(least)) return
    console[level](message, ...(fields === undefined ? [] : [fields]))
  }
}

// biome-ignore lint/style/noDefaultExport: what the runtimes look for.
export default createEntry()
