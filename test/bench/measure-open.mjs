// What floor and gateway hold for each of many open streams, and whether they let go of them.
import { warmUp } from './measure-load.mjs'
import { rss, sleep } from './processes.mjs'
import { median } from './report.mjs'
import { job } from './subject.mjs'
import { held } from './workloads.mjs'

const SETTLE_MS = 2000
const SAMPLES = 20
const LET_GO_MS = 10_000

/** Samples of the memory while each stream gets two events. */
async function watchMemory(pids) {
  const samples = []
  for (let i = 0; i < SAMPLES; i++) {
    await sleep((held.gap * 2) / SAMPLES)
    samples.push(rss(pids))
  }
  return { held: median(samples), peak: Math.max(...samples) }
}

/** How many streams are still open at the provider when it has had time to notice. */
async function waitUntilClosed(upstream) {
  const until = performance.now() + LET_GO_MS
  for (;;) {
    const { open } = await upstream.ask()
    if (open === 0 || performance.now() > until) return open
    await sleep(50)
  }
}

async function measureOne(bench, subject, count) {
  await warmUp(bench, 'stream', [subject])
  await sleep(SETTLE_MS)
  const idle = rss(subject.pids)
  const task = { kind: 'hold', port: subject.port, ...job('held'), count }
  const { open, failed, firstError } = await bench.load.ask(task)
  const memory = await watchMemory(subject.pids)
  const atProvider = (await bench.upstream.ask()).open
  const lost = (await bench.load.ask({ kind: 'release' })).lost - failed
  const left = await waitUntilClosed(bench.upstream)
  const fault = await subject.fault('stream')

  const blame = (text) => bench.blame(`${subject.name}: ${text}`)
  if (failed > 0) blame(`${failed} streams failed, first ${firstError}`)
  if (lost > 0) blame(`${lost} open streams were lost`)
  if (atProvider !== open) blame(`${open} streams open, ${atProvider} at the provider`)
  if (left > 0) blame(`${left} streams stayed open at the provider when their clients had gone`)
  if (fault !== undefined) blame(`after ${count} streams: ${fault}`)
  return { idle, ...memory, open: open - lost, left }
}

/** { floor, gateway } of { open, idle, held, peak } in streams and bytes, with those `left` at the provider in the end. */
export async function measureOpen(bench, count) {
  const results = { floor: [], gateway: [] }
  for (const side of bench.sides) {
    bench.say(`${count} open streams, ${side.name}`)
    const subject = await bench.start(side)
    try {
      results[side.name].push(await measureOne(bench, subject, count))
    } finally {
      await subject.stop()
    }
  }
  return results
}
