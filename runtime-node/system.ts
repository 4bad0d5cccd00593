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
   * Calls `listener` with the names of files that change, null where the name is not known; returns
   * what ends it, or undefined where the directory cannot be watched.
   */
  watchDirectory(
    directory: string,
    listener: (name: string | null) => void,
  ): (() => void) | undefined
  /** Calls `work` once after `ms`; returns what cancels it. */
  schedule(work: () => void, ms: number): () => void
  /** Calls `listener` with each rejection that nobody handled; returns what takes it off. */
  onStrayRejection(listener: (reason: unknown) => void): () => void
}

// Windows knows no SIGTERM; Ctrl-Break and the end of a console session come as SIGBREAK there.
const stopSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK'] : ['SIGINT', 'SIGTERM']

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
      for (const signal of stopSignals) process.on(signal, listener)
      return () => {
        for (const signal of stopSignals) process.off(signal, listener)
      }
    },
    onReload(listener) {
      // Windows sends this one when the console closes.
      if (process.platform === 'win32') return () => {}
      process.on('SIGHUP', listener)
      return () => {
        process.off('SIGHUP', listener)
      }
    },
    watchDirectory(directory, listener) {
      try {
        const watcher = watch(directory, (_, name) => listener(name))
        watcher.on('error', () => watcher.close())
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
