// The load generator, in a process of its own: raw sockets and ready bytes, so that it costs little beside what it loads.
// Started by bench.mjs, which asks for { kind, … }, more than one at a time if it likes.
import { connect } from 'node:net'
import { createMessageReader } from './http-messages.mjs'
import { helpOut } from './processes.mjs'
import { STAMP } from './workloads.mjs'

const HOST = '127.0.0.1'
const TAIL = 2048
const PATIENCE_MS = 10_000
const ignore = () => {}
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]

/** Median and 99th percentile. */
function quantiles(numbers) {
  const sorted = Float64Array.from(numbers).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }
}

/**
 * Keeps one connection busy while `more()` says so, then calls `onIdle`. Reconnects after a failure. `tally` collects
 * `latencies` in ms, `errors` with the `firstError`, and in a paced stream `lags` of its events in ms.
 */
function keepBusy({ port, request, marker, paced }, tally, more, onIdle) {
  let sentAt = 0
  let status = ''
  let tail = Buffer.alloc(0)
  let socket
  let state = 'connecting'

  function fail(why) {
    tally.errors++
    tally.firstError ??= why
  }

  function finish() {
    state = 'finished'
    socket.destroy()
    onIdle()
  }

  function next() {
    if (!more()) {
      finish()
      return
    }
    state = 'waiting'
    sentAt = performance.now()
    socket.write(request, 'latin1')
  }

  function onHead(head) {
    status = head.slice(9, 12)
  }

  function onEnd() {
    tally.latencies.push(performance.now() - sentAt)
    if (status !== '200') fail(`status ${status}`)
    else if (!tail.includes(marker)) fail('an incomplete answer')
    next()
  }

  function noteLags(bytes) {
    const now = process.hrtime.bigint()
    for (const [, sent] of bytes.latin1Slice().matchAll(STAMP))
      tally.lags.push(Number(now - BigInt(sent)) / 1e6)
  }

  function open() {
    if (state === 'finished') return
    const read = createMessageReader(onHead, onEnd)
    socket = connect({ port, host: HOST, noDelay: true }, next)
    socket.on('error', ignore).on('close', () => {
      if (state === 'finished') return
      fail(state === 'waiting' ? 'the connection was closed' : 'no connection')
      state = 'connecting'
      setTimeout(open, 50)
    })
    socket.on('data', (bytes) => {
      tally.bytes += bytes.length
      tail = bytes.length < TAIL ? Buffer.concat([tail.subarray(-TAIL), bytes]) : bytes
      if (paced) noteLags(bytes)
      read(bytes)
    })
  }
  open()
  return () => {
    if (state === 'finished') return
    fail('no end within 10 s')
    finish()
  }
}

/** Runs for `seconds`, of a paced stream `repeat` times a connection, and lets what has begun come to its end. */
async function drive({ connections, seconds, repeat, gap, ...job }) {
  const tally = { latencies: [], lags: [], errors: 0, bytes: 0, firstError: undefined }
  const began = performance.now()
  const until = began + seconds * 1000
  const aborts = []
  const abortAll = () => {
    for (const abort of aborts) abort()
  }
  const all = Array.from({ length: connections }, async (_, i) => {
    // Streams that began together would send their events together.
    if (gap) await new Promise((resolve) => setTimeout(resolve, (i * gap) / connections))
    let done = 0
    const more = () => (repeat ? done++ < repeat : performance.now() < until)
    await new Promise((resolve) =>
      aborts.push(keepBusy({ ...job, paced: gap }, tally, more, resolve)),
    )
  })
  const timer = setTimeout(abortAll, seconds * 1000 + PATIENCE_MS)
  await Promise.all(all)
  clearTimeout(timer)
  const { latencies, lags, ...rest } = tally
  return {
    ...rest,
    requests: latencies.length,
    ms: performance.now() - began,
    ...quantiles(latencies),
    ...(gap && { lag: quantiles(lags) }),
  }
}

let heldSockets = []

/** Opens `count` streams, at most 200 of them on their way at a time, and keeps them. */
function hold({ port, request, count }) {
  return new Promise((resolve) => {
    const state = { open: 0, failed: 0, closed: 0, firstError: undefined }
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
        state.closed++
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
