#!/usr/bin/env node
// What the gateway costs beside a floor that does the same work on bare node:http (floors.mjs), in one run on one machine.
//   npm run bench -- [--only unary,…,rules,memory,start,open,observed,observed-stream,observed-alone,soak]
//                    [--seconds 0.8] [--rounds 7] [--streams 5000] [--json FILE] [--gateway "COMMAND"]
// COMMAND is started as `COMMAND run FILE --admin-port N`; `--gateway floor` measures a second floor, which shows the noise:
// all its ratios should be 1.
//
// How to read the table. CPU is what counts: user and system time of the process divided by the requests or events that it
// carried; a busy machine raises it for both, so compare only `× floor`, which is the median over the rounds of
// gateway / floor, the two measured in turns of 0.1 s, paced streams at the same time (a shared machine changes its speed
// within seconds, and then for both). Two floors differ by up to 7 % that way. In the part `rules` the gateway with a file of
// a few rules stands in the floor's place. Requests a second and latencies mean something
// on a quiet machine only; the gateway, not the load generator, must be what is busy (a note under the table says when it was
// not). Event lag is the time from the provider's socket to the client's. The floor does not sign its Bedrock requests, the
// gateway does. A large request's memory is the peak of the resident memory while it is answered, less that before, over its
// size. An open stream's memory is that of the process with all streams open less that before, after a warm-up.
// The second table (observed, observed-stream) has the same gateway observed in different ways, all in turns: `× bare` is the
// CPU over that of a build without metrics whose access log is off, `× default` a latency over that without traces. `alone` is
// one request at a time, so that latencies are not those of a queue. `--only soak` has 200,000 requests with each of three
// dead collectors, and compares the peaks of memory in the two halves of the run, after 20,000 requests; it takes minutes.
// Answers are checked in full before and after the load, and each one under load for its status and its end; the exit code
// is 1 when any was wrong, and 0 whatever was slow.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureLoad } from './measure-load.mjs'
import { measureMemory } from './measure-memory.mjs'
import { measureObserved } from './measure-observed.mjs'
import { measureOpen } from './measure-open.mjs'
import { measureRules } from './measure-rules.mjs'
import { measureSoak } from './measure-soak.mjs'
import { measureStart } from './measure-start.mjs'
import { allowFiles, here, launchHelper, onLinux } from './processes.mjs'
import { renderObserved, renderSoak, renderTable, summarise, summariseObserved } from './report.mjs'
import { floorCommand, gatewayCommand, startSubject } from './subject.mjs'
import { scenarios } from './workloads.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '0.8' },
    rounds: { type: 'string', default: '7' },
    streams: { type: 'string', default: '5000' },
    json: { type: 'string' },
    gateway: { type: 'string' },
  },
})
const observedParts = {
  observed: 'unary',
  'observed-stream': 'stream',
  'observed-alone': 'alone',
}
const single = ['rules', 'memory', 'start', 'open']
const always = [...Object.keys(scenarios), ...single, ...Object.keys(observedParts)]
const parts = [...always, 'soak']
const chosen = values.only?.split(',') ?? always
const unknown = chosen.find((part) => !parts.includes(part))
if (unknown !== undefined) {
  process.stderr.write(`no part ${unknown}; there are ${parts.join(', ')}\n`)
  process.exit(2)
}
const settings = {
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  streams: Number(values.streams),
}

const folder = mkdtempSync(join(tmpdir(), 'aigw-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const notes = []
const note = (text) => {
  if (!notes.includes(text)) notes.push(text)
}
const blame = (text) => {
  note(text)
  process.exitCode = 1
}

// A gateway has two connections a stream. Before the helpers start: limits are inherited.
const SPARE_FILES = 500
const files = chosen.includes('open') ? allowFiles(settings.streams * 2 + SPARE_FILES) : 0
const ours = [process.execPath, here('../../dist/aigw.js')]
const tested = values.gateway?.split(' ') ?? ours
const command = values.gateway === 'floor' ? floorCommand : gatewayCommand(tested)
const upstream = await launchHelper('upstream.mjs')
const bench = {
  settings,
  folder,
  command,
  sides: [
    { name: 'floor', command: floorCommand },
    { name: 'gateway', command },
  ],
  upstream,
  load: await launchHelper('load.mjs'),
  start: (side) => startSubject(side, upstream.hello, folder),
  note,
  blame,
  say: (text) => process.stderr.write(`${text}\n`),
}

const results = {
  date: new Date().toISOString(),
  machine: `${cpus().length} × ${cpus()[0]?.model}`,
  node: process.version,
  load: loadavg(),
  settings,
  gateway: values.gateway ?? 'dist/aigw.js',
  notes,
}
if (!onLinux) note('CPU and memory are read from /proc: left out on this system')
try {
  const names = Object.keys(scenarios).filter((name) => chosen.includes(name))
  if (names.length > 0) results.rounds = await measureLoad(bench, names)
  if (chosen.includes('rules')) {
    if (values.gateway === 'floor') note('rules: left out, the floor has none')
    else results.rules = await measureRules(bench, tested)
  }
  if (chosen.includes('memory')) results.memory = await measureMemory(bench)
  if (chosen.includes('start')) Object.assign(results, await measureStart(bench))
  if (chosen.includes('open')) {
    const count = Math.min(settings.streams, Math.floor((files - SPARE_FILES) / 2))
    if (count < settings.streams)
      note(`only ${count} open streams: a process may open ${files} files here (see ulimit -Hn)`)
    results.open = await measureOpen(bench, count)
  }
  const watched = Object.keys(observedParts).filter((part) => chosen.includes(part))
  if (watched.length > 0) {
    const workloads = watched.map((part) => observedParts[part])
    results.observed = await measureObserved(bench, workloads)
  }
  if (chosen.includes('soak')) results.soak = await measureSoak(bench)
} catch (error) {
  blame(`given up: ${error.message}`)
}
results.table = summarise(results)
if (results.observed) results.observedTable = summariseObserved(results.observed)

const { rounds, seconds } = settings
const [minute] = results.load
const conditions = [
  results.machine,
  `Node ${results.node}`,
  `load ${minute.toFixed(2)} before`,
  `${rounds} rounds of ${seconds} s`,
]
const under = [conditions.join(', '), ...notes.map((text) => `note: ${text}`)]
const tables = [
  ...(results.table.length > 0 ? [renderTable(results.table)] : []),
  ...(results.observedTable ? [renderObserved(results.observedTable)] : []),
  ...(results.soak ? [renderSoak(results.soak)] : []),
]
process.stdout.write(`${[...tables, under.join('\n')].join('\n\n')}\n`)
if (values.json) writeFileSync(values.json, JSON.stringify(results, null, 1))
bench.load.stop()
upstream.stop()
