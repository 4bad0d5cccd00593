// Which configuration is used, and reading it: a path or standard input, else config.yaml of the config home, else
// the built-in one.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { ConfigSource, parseConfig } from '../src/config/parse.ts'
import type { Diagnostic, GatewaySpec } from '../src/index.ts'
import { readBuiltInConfig } from './built-in-config.ts'
import { messageOf, RunError } from './exit-errors.ts'
import { parseOllamaHost, withOllamaHost } from './ollama-host.ts'
import { expandHome, expandPath } from './paths.ts'
import type { ConfigSettings } from './settings.ts'
import type { System } from './system.ts'

export type ParseConfig = typeof parseConfig

export interface ConfigOrigin {
  readonly kind: 'file' | 'directory' | 'stdin' | 'config-home' | 'built-in'
  /** Absolute; absent for standard input and the built-in one. */
  readonly path?: string
}

export interface LoadedConfig {
  readonly origin: ConfigOrigin
  /** Absent when `diagnostics` holds an error. */
  readonly spec: GatewaySpec | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** All that was read, annotations' files too. */
  readonly files: readonly string[]
}

/** Throws a `RunError` where the configuration cannot be read; what is wrong inside it is in `diagnostics`. */
export async function loadConfig(
  settings: ConfigSettings,
  system: System,
  parse: ParseConfig,
): Promise<LoadedConfig> {
  return interpretSources(await readSources(settings, system), settings, system, parse)
}

/** What has been read, as a configuration. */
export function interpretSources(
  { origin, sources }: Sources,
  settings: Pick<ConfigSettings, 'parsing'>,
  system: System,
  parse: ParseConfig,
): LoadedConfig {
  const { spec, diagnostics, files } = parse(sources, settings.parsing)
  const moved = origin.kind === 'built-in' && spec !== undefined ? moveOllama(spec, system) : spec
  return { origin, spec: moved, diagnostics, files }
}

export interface Sources {
  readonly origin: ConfigOrigin
  readonly sources: readonly ConfigSource[]
}

/** Throws a `RunError` where there is nothing to read. */
export async function readSources(
  { configPath, homes }: Pick<ConfigSettings, 'configPath' | 'homes'>,
  system: System,
): Promise<Sources> {
  const { path, workingDirectory } = system
  if (configPath === '-') {
    const text = await system.readStdin()
    return oneSource({ kind: 'stdin' }, '-', text, workingDirectory, system)
  }
  if (configPath !== undefined) return readPath(configPath, system)

  const fromHome = path.join(homes.config, 'config.yaml')
  const text = readIfThere(fromHome)
  if (text !== undefined) {
    return oneSource({ kind: 'config-home', path: fromHome }, fromHome, text, homes.config, system)
  }
  return oneSource({ kind: 'built-in' }, 'default', readBuiltInConfig(), workingDirectory, system)
}

function readPath(given: string, system: System): Sources {
  const { path } = system
  const absolute = expandPath(given, system)
  if (!isDirectory(absolute)) {
    const origin = { kind: 'file', path: absolute } as const
    return oneSource(origin, given, readConfigFile(absolute), path.dirname(absolute), system)
  }
  const names = listConfigFiles(absolute)
  if (names.length === 0) {
    throw new RunError(`error reading config: ${absolute}: no *.yaml, *.yml or *.json in it`)
  }
  const readText = createTextReader(absolute, system)
  const sources = names.map((name) => ({
    file: path.join(given, name),
    text: readConfigFile(path.join(absolute, name)),
    env: system.env,
    readText,
  }))
  return { origin: { kind: 'directory', path: absolute }, sources }
}

function oneSource(
  origin: ConfigOrigin,
  file: string,
  text: string,
  directory: string,
  system: System,
): Sources {
  const readText = createTextReader(directory, system)
  return { origin, sources: [{ file, text, env: system.env, readText }] }
}

/** Files that annotations name: against the working directory, then beside the configuration. */
function createTextReader(directory: string, system: System) {
  const { path, workingDirectory } = system
  return (name: string): string | undefined => {
    const fromHome = expandHome(name, system)
    const first = readIfPossible(path.resolve(workingDirectory, fromHome))
    return first ?? readIfPossible(path.resolve(directory, fromHome))
  }
}

function listConfigFiles(directory: string): readonly string[] {
  const names = explain(directory, () => readdirSync(directory))
  return names.filter((name) => /\.(ya?ml|json)$/.test(name)).sort()
}

function isDirectory(path: string): boolean {
  return explain(path, () => statSync(path)).isDirectory()
}

function readConfigFile(path: string): string {
  return explain(path, () => readFileSync(path, 'utf8'))
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw readError(path, error)
  }
}

function readIfPossible(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function explain<Value>(path: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw readError(path, error)
  }
}

// The words of Envoy AI Gateway's command, which scripts look for.
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
}

function readError(path: string, error: unknown): RunError {
  const reason = reasons[codeOf(error) ?? ''] ?? messageOf(error)
  return new RunError(`error reading config: open ${path}: ${reason}`, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function moveOllama(spec: GatewaySpec, { env }: System): GatewaySpec {
  if (!env.OLLAMA_HOST) return spec
  const address = parseOllamaHost(env.OLLAMA_HOST)
  if (address !== undefined) return withOllamaHost(spec, address)
  throw new RunError('OLLAMA_HOST: expected host, host:port or an http(s) URL')
}
