// Directories and time in the hands of a test: nothing is watched and nothing waits but what it says.
import { posix } from 'node:path'
import type { WatchSystem } from '../../runtime-node/watch-files.ts'

export interface ManualWatch {
  readonly system: WatchSystem
  /** As if this file in a watched directory had changed. */
  touch(directory: string, name: string | null): void
  advance(ms: number): void
  directories(): readonly string[]
  /** Timers that are set. */
  pending(): number
}

export function createManualWatch(): ManualWatch {
  const listeners = new Map<string, (name: string | null) => void>()
  const timers = new Set<{ readonly at: number; readonly work: () => void }>()
  let now = 0
  return {
    system: {
      path: posix,
      watchDirectory(directory, listener) {
        listeners.set(directory, listener)
        return () => void listeners.delete(directory)
      },
      schedule(work, ms) {
        const timer = { at: now + ms, work }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
    },
    touch: (directory, name) => listeners.get(directory)?.(name),
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
