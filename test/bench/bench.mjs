#!/usr/bin/env node
// What the gateway costs beside a floor that does the same work on bare node:http (floors.mjs), in one run on one machine.
//   npm run bench -- [--only unary,stream,…,start,open] [--seconds 0.5] [--rounds 12] [--streams 5000] [--json FILE]
//                    [--gateway "COMMAND"]
// COMMAND is started as `COMMAND run FILE --admin-port N`; `--gateway floor` measures a second floor, which shows the noise:
// all its ratios should be 1.
//
// How to read the table. CPU is what counts: user and system time of the process divided by the requests or events that it
// carried; a busy machine raises it for both, so compare only `× floor`, which is the median over the rounds of
// gateway / floor, the two measured one right after the other in turns, paced streams at the same time (a shared machine changes
// its speed within seconds: short rounds, many of them). Requests a second and latencies mean something on a quiet machine
// only; the gateway, not the load generator, must be what is busy (a note under the table says when it was not). Event
// lag is the time from the provider's socket to the client's. The floor does not sign its Bedrock requests, the gateway does.
// An open stream's memory is that of the process with all streams open less that before, after a warm-up. Every gateway's
// answers are checked in full before and after the load, and each answer under load for its status and its end.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { requestText } from './http-messages.mjs'
import { allowFiles, cpu, here, launchHelper, onLinux, rss, sleep } from './processes.mjs'
import { median, renderTable, summarise } from './report.mjs'
import { floorCommand, gatewayCommand, PATH, startSubject } from './subject.mjs'
import { held, marker, requestBody, scenarios } from './workloads.mjs'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '0.5' },
    rounds: { type: 'string', default: '12' },
    streams: { type: 'string', default: '5000' },
    json: { type: 'string' },
    gateway: { type: 'string' },
  },
})
const parts = [...Object.keys(scenarios), 'start', 'open']
const chosen = values.only?.split(',') ?? parts
const unknown = chosen.find((part) => !parts.includes(part))
if (unknown) {
  process.stderr.write(`no part ${unknown}; there are ${parts.join(', ')}\n`)
  process.exit(2)
}
const seconds = Number(values.seconds)
const WARM_SECONDS = 1.5
const STARTS = 10

const folder = mkdtempSync(join(tmpdir(), 'aigw-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const notes = []
const note = (text) => notes.includes(text) || notes.push(text)
const say = (text) => process.stderr.write(`${text}\n`)

const upstream = await launchHelper('upstream.mjs')
const providerPorts = upstream.hello
const load = await launchHelper('load.mjs')

const sides = [
  { name: 'floor', command: floorCommand },
  {
    name: 'gateway',
    command:
      values.gateway === 'floor'
        ? floorCommand
        : gatewayCommand(
            values.gateway?.split(' ') ?? [process.execPath, here('../../dist/aigw.js')],
          ),
  },
]
const start = (side) => startSubject(side, providerPorts, folder)
const byName = (pairs) => Object.fromEntries(pairs)
/** Every second time the other one goes first. */
const inTurn = (list, i) => (i % 2 ? list.toReversed() : list)
const job = (name, subject) => ({
  port: subject.port,
  request: requestText(PATH, requestBody(name)),
  marker: marker(name),
})

// ---------------------------------------------------------------- load

function drive(name, subject, duration) {
  const { connections, gap, events } = scenarios[name]
  const repeat = gap && Math.max(1, Math.round((duration * 1000) / (events * gap)))
  return load.ask({
    kind: 'drive',
    ...job(name, subject),
    connections,
    gap,
    repeat,
    seconds: gap ? (repeat * events * gap) / 1000 : duration,
  })
}

/** Loads all `subjects` at once. */
async function measure(name, subjects) {
  const pids = [load.pid, upstream.pid, ...subjects.map(({ pid }) => pid)]
  const asked = (await upstream.ask()).requests
  const before = pids.map(cpu)
  const driven = await Promise.all(subjects.map((subject) => drive(name, subject, seconds)))
  const [ofLoad, ofUpstream, ...own] = pids.map((pid, i) => cpu(pid) - before[i])
  const reached = (await upstream.ask()).requests - asked
  const sent = driven.reduce((count, { requests }) => count + requests, 0)
  const who = `${subjects.map((subject) => subject.name).join(' and ')}, ${name}`
  if (reached !== sent) note(`${who}: of ${sent} requests ${reached} reached the provider`)
  return driven.map((result, i) => {
    const cores = (time) => time / 1e3 / result.ms
    if (result.errors > 0) note(`${who}: ${result.errors} errors, first ${result.firstError}`)
    if (!scenarios[name].gap && cores(ofLoad) > 0.95) note(`${who}: the load generator was busy`)
    const helpers = { coresOfLoad: cores(ofLoad), coresOfUpstream: cores(ofUpstream) }
    return { ...result, cpu: own[i], cores: cores(own[i]), ...helpers, rss: rss(subjects[i].pid) }
  })
}

async function measureLoad(names) {
  const subjects = []
  for (const side of sides) subjects.push(await start(side))
  const rounds = byName(names.map((name) => [name, { floor: [], gateway: [] }]))
  const warm = new Set(names.map((name) => scenarios[name].warm ?? name))
  for (const subject of subjects) {
    for (const name of names) await subject.check(name)
    for (const name of warm) await drive(name, subject, WARM_SECONDS)
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    say(`round ${round + 1} of ${values.rounds}`)
    for (const name of names) {
      const groups = scenarios[name].gap ? [subjects] : inTurn(subjects, round).map((one) => [one])
      for (const group of groups) {
        const measured = await measure(name, group)
        for (const [i, { name: side }] of group.entries()) rounds[name][side].push(measured[i])
      }
    }
  }
  for (const subject of subjects) {
    for (const name of names) await subject.check(name)
    await subject.stop()
  }
  return rounds
}

// ---------------------------------------------------------------- start, idle, open streams

async function measureStarts() {
  const starts = { floor: [], gateway: [] }
  const idle = { floor: [], gateway: [] }
  for (let i = 0; i < STARTS; i++) {
    for (const side of inTurn(sides, i)) {
      const subject = await start(side)
      starts[side.name].push({ toLine: subject.toLine, toAnswer: subject.toAnswer })
      if (i === STARTS - 1) {
        await sleep(2000)
        idle[side.name].push(rss(subject.pid))
      }
      await subject.stop()
    }
  }
  say(`start: ${JSON.stringify(starts.gateway.map(({ toAnswer }) => Math.round(toAnswer)))} ms`)
  return { starts, idle }
}

async function measureOpen() {
  // The subject has two connections a stream.
  const room = allowFiles(Number(values.streams) * 2 + 500)
  const count = Math.min(Number(values.streams), Math.floor((room - 500) / 2))
  if (count < Number(values.streams))
    note(
      `open streams: only ${count}, since a process here may open ${room} files (raise \`ulimit -Hn\`)`,
    )
  const open = { floor: [], gateway: [] }
  for (const side of sides) {
    const subject = await start(side)
    await drive('stream', subject, WARM_SECONDS)
    await sleep(2000)
    const idle = rss(subject.pid)
    const result = await load.ask({ kind: 'hold', ...job('held', subject), count })
    const samples = []
    for (let i = 0; i < 20; i++) {
      await sleep((held.gap * 2) / 20)
      samples.push(rss(subject.pid))
    }
    const atProvider = (await upstream.ask()).open
    const { lost } = await load.ask({ kind: 'release' })
    await sleep(1000)
    const left = (await upstream.ask()).open
    await subject.check('stream')
    await subject.stop()
    if (result.failed > 0)
      note(`${side.name}: ${result.failed} streams failed, first ${result.firstError}`)
    if (lost > result.failed) note(`${side.name}: ${lost - result.failed} open streams were lost`)
    if (atProvider !== result.open) note(`${side.name}: ${atProvider} streams at the provider`)
    if (left > 0)
      note(`${side.name}: ${left} streams stayed open at the provider after the clients had gone`)
    const holding = { idle, held: median(samples), peak: Math.max(...samples) }
    open[side.name].push({ ...holding, open: result.open - (lost - result.failed), left })
    say(`open, ${side.name}: ${JSON.stringify(open[side.name][0])}`)
  }
  return open
}

// ---------------------------------------------------------------- the run

const results = {
  date: new Date().toISOString(),
  machine: `${cpus().length} × ${cpus()[0]?.model}`,
  node: process.version,
  load: loadavg(),
  settings: { seconds, rounds: Number(values.rounds), warmUpSeconds: WARM_SECONDS },
  gateway: values.gateway ?? 'dist/aigw.js',
  rounds: {},
  notes,
}
if (!onLinux) note('CPU and memory are read from /proc: left out on this system')
try {
  const names = Object.keys(scenarios).filter((name) => chosen.includes(name))
  if (names.length > 0) results.rounds = await measureLoad(names)
  if (chosen.includes('start')) Object.assign(results, await measureStarts())
  if (chosen.includes('open')) results.open = await measureOpen()
} catch (error) {
  note(`failed: ${error.message}`)
  process.exitCode = 1
}
results.table = summarise(results)
const [minute] = results.load
process.stdout.write(
  `${renderTable(results.table)}\n\n${results.machine}, Node ${results.node}, load ${minute.toFixed(2)} before, ${values.rounds} rounds of ${seconds} s\n${notes.map((text) => `note: ${text}\n`).join('')}`,
)
if (values.json) writeFileSync(values.json, JSON.stringify(results, null, 1))
load.stop()
upstream.stop()
