// Directories and time in the hands of a test: nothing is watched and nothing waits but what it says.
import { type PlatformPath, posix } from 'node:path'
import type { WatchSystem } from '../../runtime-node/watch-files.ts'

export interface ManualWatch {
  readonly system: WatchSystem
  /** As if this file in a watched directory had changed. */
  touch(directory: string, name: string | null): void
  /** As if there would be no more word of this directory. */
  lose(directory: string): void
  /** How often it has begun to be watched. */
  started(directory: string): number
  advance(ms: number): void
  directories(): readonly string[]
  /** Timers that are set. */
  pending(): number
}

export function createManualWatch(path: PlatformPath = posix): ManualWatch {
  const listeners = new Map<string, (name: string | null) => void>()
  const losses = new Map<string, () => void>()
  const starts: string[] = []
  const timers = new Set<{ readonly at: number; readonly work: () => void }>()
  let now = 0
  return {
    system: {
      path,
      watchDirectory(directory, listener, onLost) {
        listeners.set(directory, listener)
        losses.set(directory, onLost)
        starts.push(directory)
        return () => void listeners.delete(directory)
      },
      schedule(work, ms) {
        const timer = { at: now + ms, work }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
    },
    touch: (directory, name) => listeners.get(directory)?.(name),
    lose(directory) {
      listeners.delete(directory)
      losses.get(directory)?.()
    },
    started: (directory) => starts.filter((one) => one === directory).length,
    advance(ms) {
      const end = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (next === undefined) break
        timers.delete(next)
        now = next.at
        next.work()
      }
      now = end
    },
    directories: () => [...listeners.keys()],
    pending: () => timers.size,
  }
}
