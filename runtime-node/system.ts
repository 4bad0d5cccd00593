// What the command takes from the machine, as one record, so that a test can stand in for all of it.
import { watch } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path, { type PlatformPath } from 'node:path'
import { text } from 'node:stream/consumers'

export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface System {
  readonly env: Environment
  /** Absolute. */
  readonly workingDirectory: string
  readonly home: string
  readonly temporary: string
  /** Absent on Windows. */
  readonly uid: number | undefined
  readonly path: PlatformPath
  readonly pid: number
  readonly stdout: Output
  readonly stderr: Output
  readStdin(): Promise<string>
  /** Milliseconds since the process began. */
  uptime(): number
  /** Wall clock in microseconds since the epoch. */
  microseconds(): number
  /** Calls `listener` for each request to stop; returns what takes it off. */
  onStop(listener: (signal: string) => void): () => void
  /** Calls `listener` for each request to read the configuration anew; returns what takes it off. */
  onReload(listener: () => void): () => void
  /**
   * Calls `listener` with the names of files that change, null where the name is not known, and `onLost` when there will
   * be no more of them; returns what ends it, or undefined where the directory cannot be watched.
   */
  watchDirectory(
    directory: string,
    listener: (name: string | null) => void,
    onLost: () => void,
  ): (() => void) | undefined
  /** Calls `work` once after `ms`; returns what cancels it. */
  schedule(work: () => void, ms: number): () => void
  /** Calls `listener` with each rejection that nobody handled; returns what takes it off. */
  onStrayRejection(listener: (reason: unknown) => void): () => void
}

/**
 * Which signals ask for what. Windows has no signals but those of its consoles: Ctrl-C, Ctrl-Break, and a window that is
 * closed, which Node calls SIGHUP and which leaves the process some seconds.
 */
export function signalsOf(platform: NodeJS.Platform): {
  readonly stop: readonly NodeJS.Signals[]
  readonly reload: readonly NodeJS.Signals[]
} {
  return platform === 'win32'
    ? { stop: ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'], reload: [] }
    : { stop: ['SIGINT', 'SIGTERM'], reload: ['SIGHUP'] }
}

const signals = signalsOf(process.platform)

/** The process that we are. */
export function createNodeSystem(): System {
  return {
    env: process.env,
    workingDirectory: process.cwd(),
    home: homedir(),
    temporary: tmpdir(),
    uid: process.getuid?.(),
    path,
    pid: process.pid,
    stdout: outputOf('stdout'),
    stderr: outputOf('stderr'),
    readStdin: () => text(process.stdin),
    uptime: () => performance.now(),
    microseconds: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
    onStop(listener) {
      for (const signal of signals.stop) process.on(signal, listener)
      return () => {
        for (const signal of signals.stop) process.off(signal, listener)
      }
    },
    onReload(listener) {
      for (const signal of signals.reload) process.on(signal, listener)
      return () => {
        for (const signal of signals.reload) process.off(signal, listener)
      }
    },
    watchDirectory(directory, listener, onLost) {
      try {
        const watcher = watch(directory, (_, name) => listener(name))
        // On Windows, of a directory that is removed.
        watcher.on('error', () => {
          watcher.close()
          onLost()
        })
        return () => watcher.close()
      } catch {
        return undefined
      }
    },
    schedule(work, ms) {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
    onStrayRejection(listener) {
      process.on('unhandledRejection', listener)
      return () => {
        process.off('unhandledRejection', listener)
      }
    },
  }
}

// The streams are getters that cost a few milliseconds each: touched when first used.
function outputOf(name: 'stdout' | 'stderr'): Output {
  return {
    write: (text) => void process[name].write(text),
    get isTerminal() {
      return process[name].isTTY === true
    },
  }
}
