// How far one large request with images makes floor and gateway grow at its peak.
import { warmUp } from './measure-load.mjs'
import { peakRss, resetPeakRss, rss, sleep } from './processes.mjs'
import { imageRequest, providers, traffic } from './workloads.mjs'

const REPEATS = 3
const SETTLE_MS = 1000
const BYTES = 10_000_000

async function measureOne(bench, side, name) {
  const subject = await bench.start(side)
  try {
    await warmUp(bench, name, [subject])
    await sleep(SETTLE_MS)
    const before = rss(subject.pids)
    resetPeakRss(subject.pids)
    const body = imageRequest(name, BYTES)
    const fault = await subject.fault(name, body)
    if (fault !== undefined) bench.blame(`${side.name}, ${name} with images: ${fault}`)
    return { size: body.length, growth: peakRss(subject.pids) - before }
  } finally {
    await subject.stop()
  }
}

/** By provider: { floor, gateway } of { size, growth } in bytes, of processes that had answered small requests before. */
export async function measureMemory(bench) {
  const results = {}
  const unary = Object.keys(traffic).filter((name) => !traffic[name].events)
  for (const name of unary) {
    const { schema } = providers[traffic[name].provider]
    bench.say(`10 MB with images, ${schema.name}`)
    const rounds = { floor: [], gateway: [] }
    for (let i = 0; i < REPEATS; i++)
      for (const side of bench.sides) rounds[side.name].push(await measureOne(bench, side, name))
    results[schema.name] = rounds
  }
  return results
}
