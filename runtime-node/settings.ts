// What `run` is told: flags first, then the environment, then defaults. Everything is checked here, so that
// nothing has been opened or written when the command line turns out wrong.
import type { ParseOptions } from '../src/index.ts'
import { UsageError } from './exit-errors.ts'
import { loopbackHosts, parseHosts } from './hosts.ts'
import { type HomeFlags, type Homes, resolveHomes } from './paths.ts'
import { checkRunId, createRunId } from './run-id.ts'
import type { Environment, System } from './system.ts'

/** As the command line has them: text, unchecked; absent where not given. */
export interface RunFlags extends AdminFlags, ConfigFlags {
  readonly debug?: boolean
  readonly debugLogBodies?: boolean
  readonly plainErrors?: boolean
  readonly drainTimeout?: string
  readonly host?: string
  readonly logFormat?: string
  readonly port?: string
  readonly runId?: string
  readonly simulate?: boolean
  readonly simulateDelay?: string
  readonly simulateRate?: string
  /** `--no-watch`: false. */
  readonly watch?: boolean
}

/** What decides which configuration is used, and how strictly it is read. */
export interface ConfigFlags extends HomeDirectoryFlags {
  readonly strict?: boolean
}

export interface ValidateFlags extends ConfigFlags {
  readonly format?: string
}

export interface AdminFlags {
  readonly adminHost?: string
  readonly adminPort?: string
}

export interface HomeDirectoryFlags {
  readonly configHome?: string
  readonly dataHome?: string
  readonly stateHome?: string
  readonly runtimeDir?: string
}

export interface ConfigSettings {
  /** `-` is standard input; absent: look for one. */
  readonly configPath: string | undefined
  readonly homes: Homes
  readonly parsing: ParseOptions
}

export interface ValidateSettings extends ConfigSettings {
  readonly format: ReportFormat
}

export interface RunSettings extends AdminSettings, ConfigSettings {
  readonly runId: string
  readonly debug: boolean
  /** Whether the debug log shows bodies as they are. */
  readonly debugLogBodies: boolean
  readonly logFormat: LogFormat
  /** Before every path of every API; no slash at its end. */
  readonly rootPrefix: string
  /** `plain`: as sentences, where Envoy has them so. */
  readonly errorForm: 'dialect' | 'plain'
  readonly hosts: readonly string[]
  /** In place of the first listener's; 0: any free one. */
  readonly port: number | undefined
  readonly drainTimeoutMs: number
  /** Whether changes of files are looked for. */
  readonly watch: boolean
  readonly simulation: SimulationSettings | undefined
}

export interface AdminSettings {
  readonly adminHosts: readonly string[]
  readonly adminPort: number
}

export interface SimulationSettings {
  /** Tokens per second; 0: as fast as possible. */
  readonly rate: number
  /** To the first token. */
  readonly delayMs: number
}

export type LogFormat = 'text' | 'json'
export type ReportFormat = 'text' | 'json' | 'sarif'

const defaultAdminPort = 1064
const defaultDrainTimeoutMs = 30_000
const defaultRate = 60
const defaultDelayMs = 150

/** Throws a `UsageError` that names the flag or the variable at fault. */
export function resolveRunSettings(
  configPath: string | undefined,
  flags: RunFlags,
  system: System,
): RunSettings {
  const { env } = system
  const read = reader(env)
  const simulate = read('--simulate', flags.simulate, 'AIGW_SIMULATE', parseBoolean) ?? false
  const rate = read('--simulate-rate', flags.simulateRate, undefined, parseRate)
  const delayMs = read('--simulate-delay', flags.simulateDelay, undefined, parseDuration)
  return {
    ...resolveAdminSettings(flags, env),
    ...resolveConfigSettings(configPath, flags, system),
    runId: checkRunId(flags.runId ?? (env.AIGW_RUN_ID || createRunId(system.microseconds()))),
    debug: read('--debug', flags.debug, 'AIGW_DEBUG', parseBoolean) ?? false,
    debugLogBodies:
      read('--debug-log-bodies', flags.debugLogBodies, 'AIGW_DEBUG_LOG_BODIES', parseBoolean) ??
      false,
    logFormat: read('--log-format', flags.logFormat, undefined, parseLogFormat) ?? 'text',
    rootPrefix: read('AIGW_ROOT_PREFIX', undefined, 'AIGW_ROOT_PREFIX', parseRootPrefix) ?? '',
    errorForm:
      read('--plain-errors', flags.plainErrors, 'AIGW_PLAIN_ERRORS', parseBoolean) === true
        ? 'plain'
        : 'dialect',
    hosts: read('--host', flags.host, 'AIGW_HOST', hosts) ?? loopbackHosts,
    port: read('--port', flags.port, 'AIGW_PORT', parsePort),
    drainTimeoutMs:
      read('--drain-timeout', flags.drainTimeout, undefined, parseDuration) ??
      defaultDrainTimeoutMs,
    watch: flags.watch ?? true,
    simulation: simulate
      ? {
          rate: rate ?? defaultRate,
          delayMs: delayMs ?? defaultDelayMs,
        }
      : undefined,
  }
}

function resolveConfigSettings(
  configPath: string | undefined,
  flags: ConfigFlags,
  system: System,
): ConfigSettings {
  return {
    configPath: configPath === '' ? undefined : configPath,
    homes: resolveHomes(homeFlags(flags), system),
    parsing: flags.strict === true ? { unknownFields: 'error' } : {},
  }
}

/** As `resolveRunSettings`. What only a cluster refuses is an error here: that is what people ask. */
export function resolveValidateSettings(
  configPath: string | undefined,
  flags: ValidateFlags,
  system: System,
): ValidateSettings {
  const settings = resolveConfigSettings(configPath, flags, system)
  const format = reader(system.env)('--format', flags.format, undefined, parseReportFormat)
  return {
    ...settings,
    parsing: { ...settings.parsing, clusterRules: 'error' },
    format: format ?? 'text',
  }
}

export function resolveAdminSettings(flags: AdminFlags, env: Environment): AdminSettings {
  const read = reader(env)
  return {
    adminHosts: read('--admin-host', flags.adminHost, 'AIGW_ADMIN_HOST', hosts) ?? loopbackHosts,
    adminPort:
      read('--admin-port', flags.adminPort, 'AIGW_ADMIN_PORT', parsePort) ?? defaultAdminPort,
  }
}

function homeFlags(flags: HomeDirectoryFlags): HomeFlags {
  return {
    config: flags.configHome,
    data: flags.dataHome,
    state: flags.stateHome,
    runtime: flags.runtimeDir,
  }
}

interface Kind<Value> {
  readonly expected: string
  /** `undefined`: not of this kind. */
  parse(text: string): Value | undefined
}

/** An empty variable counts as unset; an empty flag is an error where its kind has no empty value. */
function reader(env: Environment) {
  return <Value>(
    flag: string,
    given: string | boolean | undefined,
    variable: string | undefined,
    kind: Kind<Value>,
  ): Value | undefined => {
    const fromEnvironment = variable === undefined ? undefined : env[variable] || undefined
    const text = given === undefined ? fromEnvironment : String(given)
    if (text === undefined) return undefined
    const value = kind.parse(text)
    if (value !== undefined) return value
    const name = given === undefined ? variable : flag
    throw new UsageError(`${name}: expected ${kind.expected} but got ${JSON.stringify(text)}`)
  }
}

const parsePort: Kind<number> = {
  expected: 'a port number',
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined),
}

const booleans = new Map([
  ...['1', 't', 'true', 'y', 'yes', 'on'].map((text) => [text, true] as const),
  ...['0', 'f', 'false', 'n', 'no', 'off'].map((text) => [text, false] as const),
])

const parseBoolean: Kind<boolean> = {
  expected: 'true or false',
  parse: (text) => booleans.get(text.toLowerCase()),
}

const hosts: Kind<readonly string[]> = {
  expected: 'an address, or several with commas between',
  parse: parseHosts,
}

const parseRootPrefix: Kind<string> = {
  expected: 'a path like /gateway',
  parse: (text) =>
    /^(\/[\w.~-]+)*\/?$/.test(text) && !/\/\.{1,2}(\/|$)/.test(text)
      ? text.replace(/\/$/, '')
      : undefined,
}

const parseLogFormat: Kind<LogFormat> = {
  expected: '"text" or "json"',
  parse: (text) => (text === 'text' || text === 'json' ? text : undefined),
}

const parseReportFormat: Kind<ReportFormat> = {
  expected: '"text", "json" or "sarif"',
  parse: (text) => (text === 'text' || text === 'json' || text === 'sarif' ? text : undefined),
}

const parseRate: Kind<number> = {
  expected: 'a number of tokens per second',
  parse: (text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined),
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** As the durations of Gateway API: `30s`, `1m30s`, `250ms`; also `0`. */
const parseDuration: Kind<number> = {
  expected: 'a duration like 30s, 1m30s or 250ms',
  parse(text) {
    if (text === '0') return 0
    if (!/^(\d{1,5}(h|ms|m|s)){1,4}$/.test(text)) return undefined
    const parts = [...text.matchAll(/(\d+)(h|ms|m|s)/g)]
    return parts.reduce((sum, [, count, unit]) => {
      return sum + Number(count) * (milliseconds[unit ?? ''] ?? 0)
    }, 0)
  },
}
