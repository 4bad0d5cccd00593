// A clock that moves when a test says so.

export interface FakeClock {
  readonly now: () => number
  /** As in `Ports`. */
  readonly schedule: (work: () => void, ms: number) => () => void
  /** Moves on, runs what falls due in its order, and lets promises settle after each step. */
  advance(ms: number): Promise<void>
  /** How many timers wait. */
  pending(): number
}

export function createFakeClock(startAt = 1_000): FakeClock {
  const timers = new Set<{ readonly at: number; readonly work: () => void }>()
  let time = startAt
  return {
    now: () => time,
    schedule(work, ms) {
      const timer = { at: time + ms, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const until = time + ms
      await settlePromises()
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)
        const [next] = due
        if (next === undefined) break
        timers.delete(next)
        time = next.at
        next.work()
        await settlePromises()
      }
      time = until
    },
    pending: () => timers.size,
  }
}

/** Until every promise that can settle without a timer has. */
export function settlePromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
