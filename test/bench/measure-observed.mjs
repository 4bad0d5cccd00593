// What it costs to see each request: the same gateway with nothing to observe, with metrics and access log as by default,
// and with traces that hold bodies, sent to collectors of every kind.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildBareCommand } from './bare-command.mjs'
import { measureLoad } from './measure-load.mjs'
import { freePort, launchHelper } from './processes.mjs'
import { floorCommand, gatewayCommand } from './subject.mjs'

/** Sides by name. `goal`: CPU over that with nothing observed. */
export const observed = {
  floor: { title: 'floor' },
  bare: { title: 'nothing observed' },
  default: { title: 'metrics and access log', goal: 1.12 },
  good: { title: 'traces, collector takes them', goal: 1.6, manner: 'good' },
  refusing: { title: 'traces, collector is not there', goal: 1.6, manner: 'refusing' },
  silent: { title: 'traces, collector never answers', goal: 1.6, manner: 'silent' },
  failing: { title: 'traces, collector answers 500', goal: 1.6, manner: 'failing' },
  garbage: { title: 'traces, collector answers garbage', goal: 1.6, manner: 'garbage' },
}

async function startCollector(manner) {
  if (manner === 'refusing') return { port: await freePort(), stop() {} }
  const helper = await launchHelper('collector.mjs', manner)
  return { port: helper.hello, ask: helper.ask, stop: helper.stop }
}

const tracing = (port) => ({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://127.0.0.1:${port}/v1/traces`,
  OTEL_BSP_SCHEDULE_DELAY: '500',
})

/** Rounds by scenario and side, and how many spans each side has lost: { rounds, lost }. */
export async function measureObserved(bench, names) {
  const { command } = bench
  const folder = join(bench.folder, 'bare')
  mkdirSync(folder)
  const bare = [process.execPath, await buildBareCommand(folder)]
  const collectors = {}
  try {
    const sides = []
    for (const [name, { manner }] of Object.entries(observed)) {
      if (name === 'floor') sides.push({ name, command: floorCommand })
      else if (name === 'bare')
        sides.push({ name, command: gatewayCommand(bare), env: { OTEL_LOGS_EXPORTER: 'none' } })
      else if (manner === undefined) sides.push({ name, command })
      else {
        collectors[name] = await startCollector(manner)
        sides.push({ name, command, env: tracing(collectors[name].port) })
      }
    }
    const lost = {}
    const rounds = await measureLoad(bench, names, sides, async (subject) => {
      if (subject.name in collectors) lost[subject.name] = await subject.lostSpans()
    })
    return { rounds, lost }
  } finally {
    for (const collector of Object.values(collectors)) collector.stop()
  }
}
