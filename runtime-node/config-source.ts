// Which configuration is used, and reading it: a path or standard input, else config.yaml of the config home, else
// the built-in one.
import { readdirSync, statSync } from 'node:fs'
import type { ConfigSource, parseConfig } from '../src/config/parse.ts'
import type { Diagnostic, GatewaySpec } from '../src/index.ts'
import { readBuiltInConfig } from './built-in-config.ts'
import { checkExpression, loadWantedCel } from './cel.ts'
import { buildEnvironmentConfig } from './environment-config.ts'
import { messageOf, RunError } from './exit-errors.ts'
import { expandHome, expandPath } from './paths.ts'
import { readTextFile } from './read-text.ts'
import type { ConfigSettings } from './settings.ts'
import type { System } from './system.ts'

export type ParseConfig = typeof parseConfig

export interface ConfigOrigin {
  readonly kind: 'file' | 'directory' | 'stdin' | 'config-home' | 'built-in'
  /** Absolute; absent for standard input and the built-in one. */
  readonly path?: string
  /** What made it differ from the built-in text. */
  readonly variables?: readonly string[]
}

export interface LoadedConfig extends Sources {
  /** Absent when `diagnostics` holds an error. */
  readonly spec: GatewaySpec | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** All files that were read or looked for, annotations' files too; absolute. */
  readonly files: readonly string[]
  /** What the configuration was made of: names and texts, null for a file that is not there. */
  readonly content: readonly (readonly [name: string, text: string | null])[]
}

export interface Sources {
  readonly origin: ConfigOrigin
  readonly sources: readonly ConfigSource[]
  /** Files that annotations name, by absolute path, as they were found; added to while parsing. */
  readonly annotated: ReadonlyMap<string, string | undefined>
  /** The same place, read anew. Throws a `RunError` where it is gone. */
  reread(): Sources
}

/** Throws a `RunError` where the configuration cannot be read; what is wrong inside it is in `diagnostics`. */
export async function loadConfig(
  settings: ConfigSettings,
  system: System,
  parse: ParseConfig,
): Promise<LoadedConfig> {
  return interpretFirst(await readSources(settings, system), settings, system, parse)
}

/** `interpretSources`, with whatever its expressions take to be checked. */
export async function interpretFirst(
  read: Sources,
  settings: Pick<ConfigSettings, 'parsing'>,
  system: System,
  parse: ParseConfig,
): Promise<LoadedConfig> {
  const found = interpretSources(read, settings, system, parse)
  return (await loadWantedCel()) ? interpretSources(read, settings, system, parse) : found
}

/** What has been read, as a configuration. */
function interpretSources(
  read: Sources,
  settings: Pick<ConfigSettings, 'parsing'>,
  system: System,
  parse: ParseConfig,
): LoadedConfig {
  const { origin, sources, annotated } = read
  const { spec, diagnostics } = parse(sources, { ...settings.parsing, checkExpression })
  const { path } = system
  const own = origin.kind === 'directory' ? sources.map(({ file }) => path.basename(file)) : []
  const directory = origin.path ?? ''
  return {
    ...read,
    spec,
    diagnostics,
    files: [
      ...(origin.kind === 'directory'
        ? own.map((name) => path.join(directory, name))
        : origin.path === undefined
          ? []
          : [origin.path]),
      ...annotated.keys(),
    ],
    content: [
      ...sources.map(({ file, text }) => [file, text] as const),
      ...[...annotated].map(([file, text]) => [file, text ?? null] as const),
    ],
  }
}

/**
 * The same place, read anew; `loaded` itself where all that it was made of is as it was: a long text takes a second to
 * parse, and most looks find what is there already. Throws a `RunError` where it is gone.
 */
export function reloadConfig(
  loaded: LoadedConfig,
  settings: Pick<ConfigSettings, 'parsing'>,
  system: System,
  parse: ParseConfig,
): LoadedConfig {
  const read = loaded.reread()
  return isUnchanged(read, loaded) ? loaded : interpretSources(read, settings, system, parse)
}

function isUnchanged(read: Sources, { sources, annotated }: Sources): boolean {
  return (
    read.sources.length === sources.length &&
    read.sources.every(
      ({ file, text }, index) => file === sources[index]?.file && text === sources[index]?.text,
    ) &&
    [...annotated].every(([file, text]) => readIfPossible(file) === text)
  )
}

/** Throws a `RunError` where there is nothing to read. */
export async function readSources(
  { configPath, homes }: Pick<ConfigSettings, 'configPath' | 'homes'>,
  system: System,
): Promise<Sources> {
  const { path, workingDirectory } = system
  const keep = (origin: ConfigOrigin, file: string, text: string): Sources => {
    const read = (): Sources =>
      oneSource({ origin, file, text, directory: workingDirectory, reread: read }, system)
    return read()
  }
  if (configPath === '-') return keep({ kind: 'stdin' }, '-', await system.readStdin())
  if (configPath !== undefined) return readPath(configPath, system)

  const fromHome = path.join(homes.config, 'config.yaml')
  if (readIfThere(fromHome) !== undefined) return readConfigHome(fromHome, system)
  const { text, variables } = buildEnvironmentConfig(system.env, readBuiltInConfig())
  if (variables.length === 0) return keep({ kind: 'built-in' }, 'default', text)
  return keep({ kind: 'built-in', variables }, 'environment', text)
}

function readConfigHome(file: string, system: System): Sources {
  const origin = { kind: 'config-home', path: file } as const
  const reread = () => readConfigHome(file, system)
  const directory = system.path.dirname(file)
  return oneSource({ origin, file, text: readConfigFile(file), directory, reread }, system)
}

function readPath(given: string, system: System): Sources {
  const { path } = system
  const absolute = expandPath(given, system)
  const reread = () => readPath(given, system)
  const found = explain(absolute, () => statSync(absolute))
  if (!found.isDirectory()) {
    const origin = { kind: 'file', path: absolute } as const
    const directory = path.dirname(absolute)
    const text = readConfigFile(absolute)
    // A pipe, for example `<(…)` of a shell, tells its text once; whoever opens it again waits for ever.
    const again = found.isFile() ? reread : () => keep()
    const keep = (): Sources =>
      oneSource({ origin, file: given, text, directory, reread: again }, system)
    return keep()
  }
  const names = listConfigFiles(absolute)
  if (names.length === 0) {
    throw new RunError(`error reading config: ${absolute}: no *.yaml, *.yml or *.json in it`)
  }
  const { annotated, readText } = createTextReader(absolute, system)
  const sources = names.map((name) => ({
    file: path.join(given, name),
    text: readConfigFile(path.join(absolute, name)),
    env: system.env,
    readText,
  }))
  return { origin: { kind: 'directory', path: absolute }, sources, annotated, reread }
}

interface OneSource extends Pick<Sources, 'origin' | 'reread'> {
  readonly file: string
  readonly text: string
  /** Where files that annotations name are looked for, besides the working directory. */
  readonly directory: string
}

function oneSource({ origin, file, text, directory, reread }: OneSource, system: System): Sources {
  const { annotated, readText } = createTextReader(directory, system)
  return { origin, sources: [{ file, text, env: system.env, readText }], annotated, reread }
}

/** Files that annotations name: against the working directory, then beside the configuration. */
function createTextReader(directory: string, system: System) {
  const { path, workingDirectory } = system
  const annotated = new Map<string, string | undefined>()
  const read = (absolute: string): string | undefined => {
    const text = readIfPossible(absolute)
    annotated.set(absolute, text)
    return text
  }
  const readText = (name: string): string | undefined => {
    const fromHome = expandHome(name, system)
    return read(path.resolve(workingDirectory, fromHome)) ?? read(path.resolve(directory, fromHome))
  }
  return { annotated, readText }
}

function listConfigFiles(directory: string): readonly string[] {
  const names = explain(directory, () => readdirSync(directory))
  return names.filter((name) => /\.(ya?ml|json)$/.test(name)).sort()
}

function readConfigFile(path: string): string {
  return explain(path, () => readTextFile(path))
}

function readIfThere(path: string): string | undefined {
  try {
    return readTextFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw readError(path, error)
  }
}

function readIfPossible(path: string): string | undefined {
  try {
    return readTextFile(path)
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
