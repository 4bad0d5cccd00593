// Time that a test moves: no test sleeps.
import type { Ports } from '../../src/ports.ts'

export interface FakeClock extends Pick<Ports, 'now' | 'schedule'> {
  /** Runs what falls due, in order, letting promises settle in between. */
  advance(ms: number): Promise<void>
  /** How many timers wait. */
  pending(): number
}

/** Lets everything that only waits for promises happen. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let time = start
  const timers = new Set<{ readonly at: number; readonly work: () => void }>()
  return {
    now: () => time,
    schedule(work, ms) {
      const timer = { at: time + ms, work }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const until = time + ms
      for (;;) {
        await settle()
        const due = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (due === undefined) break
        timers.delete(due)
        time = Math.max(time, due.at)
        due.work()
      }
      time = until
      await settle()
    },
    pending: () => timers.size,
  }
}
