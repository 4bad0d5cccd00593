// Watches for silence with one timer, however many chunks come.
import type { Ports } from './ports.ts'

export interface IdleWatch {
  /** Something has come. */
  touch(): void
  stop(): void
}

const nothing: IdleWatch = { touch() {}, stop() {} }

/** Calls `onIdle` once when nothing has come for `ms`; undefined: never. */
export function createIdleWatch(
  ms: number | undefined,
  { now, schedule }: Pick<Ports, 'now' | 'schedule'>,
  onIdle: () => void,
): IdleWatch {
  if (ms === undefined) return nothing
  let last = now()
  let cancel = schedule(check, ms)
  function check() {
    const left = (ms ?? 0) - (now() - last)
    if (left <= 0) return onIdle()
    cancel = schedule(check, left)
  }
  return {
    touch() {
      last = now()
    },
    stop() {
      cancel()
    },
  }
}
