// Whether memory stays flat where traces cannot be sent: many requests, with a collector that is of no use.
import { freePort, launchHelper, rss, sleep } from './processes.mjs'
import { job } from './subject.mjs'

const REQUESTS = 200_000
/** Requests after which all code has been compiled and all queues are full. */
const SETTLED = 20_000
/** Spans that may wait, and those of one request on its way. */
const WAITING = 2048 + 512

const manners = { refusing: 'is not there', silent: 'never answers', failing: 'answers 500' }

/** The median of a few: a process that is about to collect its garbage is no larger than one that just did. */
async function sample(pids) {
  const samples = []
  for (let i = 0; i < 5; i++) {
    samples.push(rss(pids))
    await sleep(20)
  }
  return samples.sort((a, b) => a - b)[2]
}

async function soak(bench, manner) {
  const collector = manner === 'refusing' ? undefined : await launchHelper('collector.mjs', manner)
  const port = collector?.hello ?? (await freePort())
  const subject = await bench.start({
    name: `soak-${manner}`,
    command: bench.command,
    env: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces` },
  })
  try {
    const target = { port: subject.port, pids: subject.pids }
    const sizes = []
    let requests = 0
    let errors = 0
    while (requests < REQUESTS) {
      const shape = { connections: 32, seconds: 1 }
      const [done] = await bench.load.ask({
        kind: 'drive',
        subjects: [target],
        ...job('unary'),
        ...shape,
      })
      requests += done.requests
      errors += done.errors
      sizes.push({ requests, bytes: await sample(subject.pids) })
      bench.say(`${manner}: ${requests} requests, ${Math.round(sizes.at(-1).bytes / 2 ** 20)} MiB`)
    }
    const dropped = await subject.lostSpans()
    if (errors > 0) bench.blame(`soak, ${manner}: ${errors} errors`)
    // One more was asked to see that the gateway is up.
    if (!(dropped >= requests + 1 - WAITING && dropped <= requests + 1))
      bench.blame(`soak, ${manner}: of ${requests} spans ${dropped} are said to be lost`)
    const settled = sizes.filter((size) => size.requests >= SETTLED).map(({ bytes }) => bytes)
    const half = settled.length >> 1
    return {
      title: `Traces, collector ${manners[manner]}`,
      requests,
      dropped,
      first: Math.max(...settled.slice(0, half)),
      last: Math.max(...settled.slice(half)),
    }
  } finally {
    await subject.stop()
    collector?.stop()
  }
}

/** Lines of a table: { title, requests, dropped, first, last }, the peaks of either half in bytes. */
export async function measureSoak(bench) {
  const lines = []
  for (const manner of Object.keys(manners)) lines.push(await soak(bench, manner))
  return lines
}
