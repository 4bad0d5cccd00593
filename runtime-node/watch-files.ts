// Tells of changes to files, by their directories (editors and mounted volumes replace files by renaming) and by
// looking every few seconds where nothing can be watched.
import { realpathSync, statSync } from 'node:fs'
import type { System } from './system.ts'

export type WatchSystem = Pick<System, 'path' | 'schedule' | 'watchDirectory'>

export interface FileWatch {
  /** What is watched from now on, absolute. Changes from just before count as well. */
  set(targets: WatchTargets): void
  close(): void
}

export interface WatchTargets {
  readonly files: readonly string[]
  /** A directory all of whose configuration files count. */
  readonly directory?: string | undefined
}

/** How long the files must be left alone: an editor writes more than once. */
const quietMs = 250
const pollMs = 5000

/** Calls `onChange` when files have changed and then been quiet. */
export function watchFiles(system: WatchSystem, onChange: () => void): FileWatch {
  const { path, schedule, watchDirectory } = system
  const watched = new Map<string, Watched>()
  let targets: WatchTargets = { files: [] }
  let seen = ''
  let cancelQuiet = () => {}
  let cancelPoll = () => {}

  const touch = () => {
    cancelQuiet()
    cancelQuiet = schedule(() => {
      seen = describeFiles(targets)
      onChange()
    }, quietMs)
  }
  const poll = () => {
    cancelPoll = schedule(() => {
      if (describeFiles(targets) !== seen) touch()
      poll()
    }, pollMs)
  }
  const concerns = (directory: string, name: string | null): boolean => {
    // Some systems do not say which file it was; a mounted volume of Kubernetes moves this link; a directory that is
    // itself removed or replaced tells of its own name.
    if (name === null || name === '..data' || name === path.basename(directory)) return true
    if (directory === targets.directory && /\.(?:ya?ml|json)$/.test(name)) return true
    const changed = path.join(directory, name)
    // Names differ in case alone on Windows, and are the same file.
    const isChanged = (file: string) => path.relative(file, changed) === ''
    return targets.files.some((file) => isChanged(file) || isChanged(realPath(file)))
  }
  const start = (directory: string, id: string) => {
    const lose = () => {
      watched.set(directory, { id, stop: undefined })
      touch()
    }
    const onEvent = (name: string | null) => {
      if (concerns(directory, name)) touch()
    }
    // What cannot be watched is looked at now and then.
    watched.set(directory, { id, stop: watchDirectory(directory, onEvent, lose) })
  }
  poll()
  return {
    set(next) {
      targets = next
      seen = describeFiles(targets)
      const directories = new Set(
        targets.files.flatMap((file) => [path.dirname(file), path.dirname(realPath(file))]),
      )
      if (targets.directory !== undefined) directories.add(targets.directory)
      for (const [directory, { stop }] of watched) {
        if (directories.has(directory)) continue
        stop?.()
        watched.delete(directory)
      }
      let isNew = false
      for (const directory of directories) {
        const id = identify(directory)
        const known = watched.get(directory)
        // A directory in the place of another one has no watch yet.
        if (known?.id === id && known.stop !== undefined) continue
        known?.stop?.()
        isNew ||= known?.id !== id
        start(directory, id)
      }
      // Between reading and watching a change goes unseen.
      if (isNew) touch()
    },
    close() {
      cancelQuiet()
      cancelPoll()
      for (const { stop } of watched.values()) stop?.()
      watched.clear()
    },
  }
}

interface Watched {
  /** Which directory of that name it is. */
  readonly id: string
  /** Ends it; undefined for a directory that cannot be watched. */
  readonly stop: (() => void) | undefined
}

function identify(directory: string): string {
  try {
    const { dev, ino, birthtimeMs } = statSync(directory)
    // Numbers are given again at once to what is made next.
    return `${dev} ${ino} ${birthtimeMs}`
  } catch {
    return ''
  }
}

/** Another text after every change. */
function describeFiles({ files, directory }: WatchTargets): string {
  return [...files, ...(directory === undefined ? [] : [directory])]
    .map((file) => {
      try {
        const { ino, mtimeMs, size } = statSync(file)
        return `${file} ${ino} ${mtimeMs} ${size}`
      } catch {
        return file
      }
    })
    .join('\n')
}

function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}
