// How long floor and gateway take to start, and what they hold when nobody asks.
import { rss, sleep } from './processes.mjs'

const STARTS = 10
const SETTLE_MS = 2000

/** { starts: { floor, gateway } of { toLine, toAnswer } in ms, idle: { floor, gateway } in bytes after one answer }. */
export async function measureStart(bench) {
  const starts = { floor: [], gateway: [] }
  const idle = { floor: [], gateway: [] }
  for (let i = 0; i < STARTS; i++) {
    bench.say(`start ${i + 1} of ${STARTS}`)
    for (const side of i % 2 ? bench.sides.toReversed() : bench.sides) {
      const subject = await bench.start(side)
      starts[side.name].push({ toLine: subject.toLine, toAnswer: subject.toAnswer })
      if (i === STARTS - 1) {
        await sleep(SETTLE_MS)
        idle[side.name].push(rss(subject.pids))
      }
      await subject.stop()
    }
  }
  return { starts, idle }
}
