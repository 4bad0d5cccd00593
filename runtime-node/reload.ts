// Live reload: what has changed on disk becomes the configuration in use, or is explained and changes nothing.
import { createHash } from 'node:crypto'
import { compareSpecs, describeChange } from '../src/config/compare-specs.ts'
import type { GatewaySpec, Logger, LogLevel } from '../src/index.ts'
import { type Diagnostic, formatDiagnostic } from '../src/index.ts'
import type { LoadedConfig } from './config-source.ts'
import { messageOf } from './exit-errors.ts'
import type { System } from './system.ts'
import { watchFiles } from './watch-files.ts'

export interface ConfigStatus {
  /** The first 12 digits of a hash of all that was read. */
  readonly version: string
  readonly loadedAt: Date
  readonly loaded: LoadedConfig
  /** Why the latest one is not in use; absent where it is. */
  readonly refused?: { readonly at: Date; readonly reason: string }
}

export interface LiveConfig {
  status(): ConfigStatus
  /** No change is looked for any more. */
  close(): void
}

export interface LiveConfigOptions {
  readonly system: System
  readonly log: Logger
  /** In use already. */
  readonly loaded: LoadedConfig
  readonly spec: GatewaySpec
  readonly watch: boolean
  /** As `loaded`, anew. Throws where nothing can be read. */
  reload(loaded: LoadedConfig): LoadedConfig
  /** What of it is used. */
  prepare(spec: GatewaySpec): GatewaySpec
  /** Swaps; throws where the configuration cannot be compiled. */
  apply(spec: GatewaySpec, loaded: LoadedConfig): void
  onRefused(): void
}

/** Follows files and requests to reload until it is closed. */
export function followConfig(options: LiveConfigOptions): LiveConfig {
  const { system, log } = options
  let status: ConfigStatus = describeLoaded(options.loaded, now(system))
  let spec = options.spec
  let lookedFor = options.loaded
  /** Of the last one that was read, good or bad. */
  let latest = status.version
  const said = new Set(options.loaded.diagnostics.map(describeProblem))

  const tell = (level: LogLevel, text: string) => {
    log(level, text)
    system.stderr.write(`${text}\n`)
  }
  const refuse = (reason: string) => {
    status = { ...status, refused: { at: now(system), reason } }
    tell('error', `configuration not reloaded: ${reason}; version ${status.version} stays in use`)
    options.onRefused()
  }
  const explain = (diagnostics: readonly Diagnostic[]) => {
    for (const diagnostic of diagnostics) {
      const { severity } = diagnostic
      const key = describeProblem(diagnostic)
      const known = said.has(key)
      said.add(key)
      // Warnings that have been read once are not worth repeating at every save.
      if (severity === 'error') tell('error', formatDiagnostic(diagnostic))
      else if (!known && severity === 'warning') tell('warn', formatDiagnostic(diagnostic))
    }
  }
  const replace = (loaded: LoadedConfig, parsed: GatewaySpec) => {
    const next = options.prepare(parsed)
    options.apply(next, loaded)
    const changes = compareSpecs(spec, next)
    spec = next
    status = describeLoaded(loaded, now(system))
    const count =
      changes.length === 0 ? 'nothing that matters changed' : `${changes.length} changed`
    tell('info', `configuration reloaded: version ${status.version}, ${count}`)
    for (const change of changes) tell('info', `  ${describeChange(change)}`)
  }
  const reload = () => {
    try {
      const loaded = options.reload(status.loaded)
      const version = versionOf(loaded)
      if (version === latest) return
      latest = version
      lookedFor = loaded
      explain(loaded.diagnostics)
      const errors = loaded.diagnostics.filter(({ severity }) => severity === 'error')
      if (errors.length > 0 || loaded.spec === undefined) {
        refuse(errors.length === 1 ? '1 error' : `${errors.length} errors`)
      } else replace(loaded, loaded.spec)
    } catch (error) {
      latest = ''
      refuse(messageOf(error))
    }
  }

  const files = options.watch ? watchFiles(system, onChange) : undefined
  function onChange() {
    reload()
    follow()
  }
  function follow() {
    const { kind, path } = lookedFor.origin
    files?.set({
      files: [...new Set([...status.loaded.files, ...lookedFor.files])],
      directory: kind === 'directory' ? path : undefined,
    })
  }
  follow()
  const ignoreSignal = system.onReload(onChange)
  return {
    status: () => status,
    close() {
      ignoreSignal()
      files?.close()
    },
  }
}

function now(system: Pick<System, 'microseconds'>): Date {
  return new Date(system.microseconds() / 1000)
}

function describeLoaded(loaded: LoadedConfig, loadedAt: Date): ConfigStatus {
  return { version: versionOf(loaded), loadedAt, loaded }
}

/** The first 12 digits of a hash of all that was read. */
export function versionOf({ content }: LoadedConfig): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)
}

/** The same after other lines have moved it. */
function describeProblem({ file, code, message }: Diagnostic): string {
  return `${file} ${code} ${message}`
}
