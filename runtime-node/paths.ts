// Where things are: expansion of a path that a person wrote, and the four home directories of the command.
import type { System } from './system.ts'

export interface Homes {
  /** Holds `config.yaml`. */
  readonly config: string
  /** Kept for compatibility with Envoy AI Gateway; nothing is stored there. */
  readonly data: string
  /** Run directories with their logs. */
  readonly state: string
  /** Files that live as long as the process. */
  readonly runtime: string
}

export type HomeFlags = { readonly [Name in keyof Homes]?: string | undefined }
export type PathSystem = Pick<
  System,
  'env' | 'home' | 'path' | 'temporary' | 'uid' | 'workingDirectory'
>

/**
 * A leading `~`, then `$NAME` and `${NAME}` (undefined: nothing), then absolute against the working
 * directory. Empty stays empty. `UID` is the numeric user id where the shell did not export it.
 */
export function expandPath(text: string, system: PathSystem): string {
  if (text === '') return ''
  const { path } = system
  const fromHome = expandHome(text, system)
  const expanded = fromHome.replace(
    /\$(?:\{([^}]*)\}|(\w+))/g,
    (_, braced: string | undefined, bare: string | undefined) =>
      readVariable(braced ?? bare ?? '', system),
  )
  return path.resolve(system.workingDirectory, expanded)
}

/** `~`, `~/x` and on Windows `~\x`; another user's `~name` stays as it is. */
export function expandHome(text: string, { home, path }: PathSystem): string {
  if (text === '~') return home
  const separated = text.startsWith('~/') || (path.sep === '\\' && text.startsWith('~\\'))
  return separated ? path.join(home, text.slice(2)) : text
}

function readVariable(name: string, { env, uid }: PathSystem): string {
  return env[name] ?? (name === 'UID' && uid !== undefined ? String(uid) : '')
}

const variables = {
  config: { own: 'AIGW_CONFIG_HOME', xdg: 'XDG_CONFIG_HOME' },
  data: { own: 'AIGW_DATA_HOME', xdg: 'XDG_DATA_HOME' },
  state: { own: 'AIGW_STATE_HOME', xdg: 'XDG_STATE_HOME' },
  runtime: { own: 'AIGW_RUNTIME_DIR', xdg: 'XDG_RUNTIME_DIR' },
} as const satisfies Record<keyof Homes, unknown>

/** Flag, then `AIGW_*`, then the XDG base directory, then the default. All absolute. */
export function resolveHomes(flags: HomeFlags, system: PathSystem): Homes {
  const { env, home, path } = system
  const choose = (name: keyof Homes, fallback: string): string => {
    const own = flags[name] || env[variables[name].own]
    if (own) return expandPath(own, system)
    const base = env[variables[name].xdg]
    // The XDG specification has relative values ignored.
    return base && path.isAbsolute(base) ? path.join(base, 'aigw') : fallback
  }
  return {
    config: choose('config', path.join(home, '.config', 'aigw')),
    data: choose('data', path.join(home, '.local', 'share', 'aigw')),
    state: choose('state', path.join(home, '.local', 'state', 'aigw')),
    runtime: choose('runtime', defaultRuntimeDirectory(system)),
  }
}

function defaultRuntimeDirectory({ path, temporary, uid }: PathSystem): string {
  return uid === undefined ? path.join(temporary, 'aigw') : `/tmp/aigw-${uid}`
}
