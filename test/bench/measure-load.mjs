// Several subjects under the same load, the floor and the gateway or others: requests, CPU, latencies, errors.
import { rss } from './processes.mjs'
import { job } from './subject.mjs'
import { traffic } from './workloads.mjs'

const WARM_SECONDS = 1.5
// Of a paced scenario too few events come in that time to have their code compiled.
const WARM_CONNECTIONS = 64

/** Has the load generator drive `subjects`. Of a paced scenario it runs whole streams, at least one a connection. */
function drive({ load }, name, subjects, seconds, connections = traffic[name].connections) {
  const { gap, events } = traffic[name]
  const repeat = gap && Math.max(1, Math.round((seconds * 1000) / (events * gap)))
  const targets = subjects.map(({ port, pids }) => ({ port, pids }))
  const shape = { connections, gap, events, repeat, seconds }
  return load.ask({ kind: 'drive', subjects: targets, ...job(name), ...shape })
}

export function warmUp(bench, name, subjects) {
  const { gap, connections } = traffic[name]
  return drive(bench, name, subjects, WARM_SECONDS, gap ? WARM_CONNECTIONS : connections)
}

async function measure(bench, name, subjects) {
  const before = await bench.upstream.ask()
  const results = await drive(bench, name, subjects, bench.settings.seconds)
  const after = await bench.upstream.ask()
  const reached = after.requests - before.requests
  const sent = results.reduce((count, { requests }) => count + requests, 0)
  if (reached !== sent) bench.note(`${name}: of ${sent} requests ${reached} reached the provider`)
  const opened = after.connections - before.connections
  if (opened > traffic[name].connections * subjects.length * 2)
    bench.note(`${name}: ${opened} connections were opened for ${sent} requests`)
  return results.map((result, i) => {
    const who = `${subjects[i].name}, ${name}`
    if (result.errors > 0)
      bench.blame(`${who}: ${result.errors} errors, first ${result.firstError}`)
    if (!traffic[name].gap && result.cpuOfLoad / 1e3 / result.ms > 0.95)
      bench.note(`${who}: the load generator had no time left`)
    return { ...result, rss: rss(subjects[i].pids) }
  })
}

/** Those of the scenarios that all subjects answer rightly. */
async function check(bench, names, subjects) {
  const right = new Set(names)
  for (const subject of subjects) {
    for (const name of names) {
      const fault = await subject.fault(name)
      if (fault === undefined) continue
      bench.blame(`${subject.name}, ${name}: ${fault}`)
      right.delete(name)
    }
  }
  return [...right]
}

/**
 * Rounds of each scenario by its name: [result] by the side's. Wrong answers leave a scenario out. `inspect` gets each subject
 * in the end.
 */
export async function measureLoad(bench, wanted, sides = bench.sides, inspect = () => {}) {
  const subjects = []
  try {
    for (const side of sides) subjects.push(await bench.start(side))
    const names = await check(bench, wanted, subjects)
    for (const name of names) await warmUp(bench, name, subjects)
    const empty = () => Object.fromEntries(sides.map(({ name }) => [name, []]))
    const rounds = Object.fromEntries(names.map((name) => [name, empty()]))
    for (let round = 1; round <= bench.settings.rounds; round++) {
      bench.say(`round ${round} of ${bench.settings.rounds}`)
      for (const name of names) {
        const results = await measure(bench, name, subjects)
        for (const [i, { name: side }] of subjects.entries()) rounds[name][side].push(results[i])
      }
    }
    await check(bench, names, subjects)
    for (const subject of subjects) await inspect(subject)
    return rounds
  } finally {
    for (const subject of subjects) await subject.stop()
  }
}
