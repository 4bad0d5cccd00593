// The load generator, in a process of its own: raw sockets and ready bytes, so that it costs little beside what it loads.
// Started by bench.mjs, which asks for { kind, … }.
import { connect } from 'node:net'
import { createMessageReader } from './http-messages.mjs'
import { cpu, helpOut, sleep } from './processes.mjs'
import { STAMP } from './workloads.mjs'

const HOST = '127.0.0.1'
const TAIL = 2048
const SLICE_MS = 100
const PATIENCE_MS = 10_000
const HOLD_PATIENCE_MS = 60_000
const ignore = () => {}
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]

/** Median and 99th percentile. */
function quantiles(numbers) {
  const sorted = Float64Array.from(numbers).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/**
 * One kept connection. `run(more)` sends a request after the other while `more()` says so and resolves when the last is
 * answered. `tally` collects `latencies` in ms, `errors` with the `firstError`, and of paced events their `lags` in ms.
 */
function createConnection({ port, request, marker, gap }, tally) {
  let socket
  let status = ''
  let tail = Buffer.alloc(0)
  let sentAt = 0
  let waiting = false
  let more = () => false
  let onRest

  function fail(why) {
    tally.errors++
    tally.firstError ??= why
  }

  function noteLags(bytes) {
    const now = process.hrtime.bigint()
    for (const [, sent] of bytes.latin1Slice().matchAll(STAMP))
      tally.lags.push(Number(now - BigInt(sent)) / 1e6)
  }

  function onHead(head) {
    status = head.slice(9, 12)
  }

  function onEnd() {
    waiting = false
    tally.latencies.push(performance.now() - sentAt)
    if (status !== '200') fail(`status ${status}`)
    else if (!tail.includes(marker)) fail('an incomplete answer')
    resume()
  }

  /** Resolves also when it fails: the socket is destroyed then. */
  function open() {
    const read = createMessageReader(onHead, onEnd)
    return new Promise((resolve) => {
      socket = connect({ port, host: HOST, noDelay: true }, resolve)
      socket.on('error', ignore).on('close', () => {
        resolve()
        if (!waiting) return
        waiting = false
        fail('the connection was closed')
        setTimeout(resume, 50)
      })
      socket.on('data', (bytes) => {
        tail = bytes.length < TAIL ? Buffer.concat([tail.subarray(-TAIL), bytes]) : bytes
        if (gap) noteLags(bytes)
        read(bytes)
      })
    })
  }

  async function reopen() {
    await open()
    if (!socket.destroyed) return send()
    fail('no connection')
    setTimeout(resume, 50)
  }

  function send() {
    waiting = true
    sentAt = performance.now()
    socket.write(request, 'latin1')
  }

  function rest() {
    onRest?.()
    onRest = undefined
  }

  function resume() {
    if (!more()) rest()
    else if (socket.destroyed) reopen()
    else send()
  }

  function close() {
    waiting = false
    socket.destroy()
  }

  return {
    open,
    close,
    run: (condition) =>
      new Promise((resolve) => {
        more = condition
        onRest = resolve
        resume()
      }),
    abort() {
      if (!onRest) return
      fail('no end within 10 s')
      more = () => false
      close()
      rest()
    },
  }
}

/** The connections to one subject, and what came of them. */
function createSide({ port }, { connections, ...job }) {
  const tally = { latencies: [], lags: [], errors: 0, firstError: undefined }
  const spent = { ms: 0, cpuOfLoad: 0 }
  const all = Array.from({ length: connections }, () => createConnection({ port, ...job }, tally))
  const ownCpu = () => {
    const { user, system } = process.cpuUsage()
    return user + system
  }
  return {
    open: () => Promise.all(all.map((connection) => connection.open())),
    /** Runs until `work(connection, i)` is done for each; `lasting` is how long that should take. */
    async run(lasting, work) {
      const timer = setTimeout(() => {
        for (const connection of all) connection.abort()
      }, lasting + PATIENCE_MS)
      const [began, ownBefore] = [performance.now(), ownCpu()]
      await Promise.all(all.map(work))
      spent.cpuOfLoad += ownCpu() - ownBefore
      spent.ms += performance.now() - began
      clearTimeout(timer)
    },
    close() {
      for (const connection of all) connection.close()
      const { latencies, lags, ...errors } = tally
      const requests = latencies.length
      const paced = job.gap && { lag: quantiles(lags) }
      return { requests, ...errors, ...spent, ...quantiles(latencies), ...paced }
    },
  }
}

/** In turns, ABBA, each for a slice at a time and `seconds` in all: what disturbs the machine disturbs both. */
async function takeTurns(sides, seconds) {
  const turns = Math.max(1, Math.round((seconds * 1000) / SLICE_MS / 2))
  for (let i = 0; i < turns; i++) {
    for (const side of [...sides, ...sides.toReversed()]) {
      const until = performance.now() + SLICE_MS
      const more = () => performance.now() < until
      await side.run(SLICE_MS, (connection) => connection.run(more))
    }
  }
}

/** All at once: `repeat` streams on each connection, which start so that no two events are due at the same time. */
async function goTogether(sides, { connections, gap, repeat, events }) {
  const startOf = (side, i) => ((i + side / sides.length) * gap) / connections
  const begin = async (side, connection, i) => {
    await sleep(startOf(side, i))
    let left = repeat
    await connection.run(() => left-- > 0)
  }
  const lasting = repeat * events * gap
  await Promise.all(
    sides.map((side, at) => side.run(lasting, (connection, i) => begin(at, connection, i))),
  )
}

/** Loads all subjects. Of each: requests, errors, CPU in µs of its processes and of this one meanwhile, latencies in ms. */
async function drive({ subjects, seconds, repeat, events, ...job }) {
  const sides = subjects.map((subject) => createSide(subject, job))
  for (const side of sides) await side.open()
  await sleep(50) // accepting them shall not count
  // Not turn by turn: what a process puts off until it is idle counts too.
  const before = subjects.map(({ pids }) => cpu(pids))
  if (job.gap) await goTogether(sides, { ...job, repeat, events })
  else await takeTurns(sides, seconds)
  const spent = subjects.map(({ pids }, i) => cpu(pids) - before[i])
  return sides.map((side, i) => ({ ...side.close(), cpu: spent[i] }))
}

let heldSockets = []

/** Opens `count` streams, at most 200 of them on their way at a time, and keeps them. */
function hold({ port, request, count }) {
  return new Promise((resolve) => {
    const state = { open: 0, failed: 0, firstError: undefined }
    let begun = 0
    const settle = () => {
      if (state.open + state.failed === count) resolve(state)
      else if (begun < count) begin()
    }
    function begin() {
      begun++
      let first = true
      const socket = connect({ port, host: HOST, noDelay: true }, () =>
        socket.write(request, 'latin1'),
      )
      heldSockets.push(socket)
      socket.on('error', (error) => {
        state.firstError ??= String(error)
      })
      socket.on('close', () => {
        if (!first) return
        first = false
        state.failed++
        settle()
      })
      socket.on('data', (bytes) => {
        if (!first || !bytes.includes('data:')) return
        first = false
        state.open++
        settle()
      })
    }
    setTimeout(() => resolve({ ...state, failed: count - state.open }), HOLD_PATIENCE_MS).unref()
    while (begun < Math.min(count, 200)) begin()
  })
}

/** Breaks all kept streams off. Says how many had gone before. */
async function release() {
  const alive = heldSockets.filter((socket) => !socket.destroyed)
  const lost = heldSockets.length - alive.length
  for (const socket of alive) socket.destroy()
  heldSockets = []
  return { lost }
}

const kinds = { drive, hold, release }
helpOut(undefined, ({ kind, ...task }) => kinds[kind](task))
