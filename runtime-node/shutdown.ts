// The end of a run: the first signal lets what is under way finish, a second one does not wait.
import type { System } from './system.ts'

/**
 * A Ctrl-C in a terminal reaches the whole process group, and a wrapper such as `npx` passes its own copy on: two
 * signals so close together are one request.
 */
const sameRequestMs = 100

export interface StopRequests {
  /** Resolves with the name of the first signal. */
  readonly first: Promise<string>
  /** Resolves at a later one. */
  readonly second: Promise<void>
  ignore(): void
}

export function watchStopRequests(system: Pick<System, 'onStop' | 'uptime'>): StopRequests {
  let firstAt: number | undefined
  let resolveFirst: (signal: string) => void = () => {}
  let resolveSecond: () => void = () => {}
  const first = new Promise<string>((resolve) => {
    resolveFirst = resolve
  })
  const second = new Promise<void>((resolve) => {
    resolveSecond = resolve
  })
  const ignore = system.onStop((signal) => {
    const now = system.uptime()
    if (firstAt === undefined) {
      firstAt = now
      resolveFirst(signal)
    } else if (now - firstAt > sameRequestMs) {
      resolveSecond()
    }
  })
  return { first, second, ignore }
}
