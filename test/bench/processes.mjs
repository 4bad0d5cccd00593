// Processes: start, end, what they cost (from /proc, so on Linux only: undefined elsewhere), how many files they may open.
import { execFileSync, fork, spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
export const here = (file) => fileURLToPath(new URL(file, import.meta.url))
export const onLinux = process.platform === 'linux'

const list = (folder) => {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}
const read = (path) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // the process has ended
  }
}
/** Fields of /proc/<pid>/stat from the third on, the state; the second may hold anything. */
const stat = (pid) => read(`/proc/${pid}/stat`).split(') ').pop().split(' ')
const isAlive = (pid) => !['Z', ''].includes(stat(pid)[0])

/** Ids of a process and all that descend from it: a command may be a wrapper. */
export function family(root) {
  if (!onLinux) return [root]
  const parents = list('/proc').map((pid) => [Number(pid), Number(stat(pid)[1])])
  const all = [root]
  for (const pid of all)
    all.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child))
  return all
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0)

/**
 * User and system time of processes in µs. The scheduler's account is the same sum as utime and stime of
 * /proc/<pid>/stat, which count in steps of 10 ms: too coarse for short turns.
 */
export function cpu(pids) {
  if (!onLinux) return undefined
  const ofThread = (pid, thread) =>
    Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]) / 1e3
  const exact = (pid) => sum(list(`/proc/${pid}/task`).map((thread) => ofThread(pid, thread)))
  const coarse = (pid) => (Number(stat(pid)[11]) + Number(stat(pid)[12])) * 1e4
  return sum(pids.map((pid) => exact(pid) || coarse(pid) || 0))
}

const sumOfStatus = (pids, field) => {
  if (!onLinux) return undefined
  const pattern = new RegExp(`${field}:\\s+(\\d+)`)
  return sum(pids.map((pid) => Number(pattern.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024))
}

/** Resident bytes of processes; pages that they share count for each. */
export const rss = (pids) => sumOfStatus(pids, 'VmRSS')

/** The most that they have been since their start or `resetPeakRss`. */
export const peakRss = (pids) => sumOfStatus(pids, 'VmHWM')

/** https://man7.org/linux/man-pages/man5/proc_pid_clear_refs.5.html */
export function resetPeakRss(pids) {
  if (onLinux) for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/**
 * Sees to it that a child of ours may open `wanted` files. Returns how many it may. Node raises the soft limit to the hard
 * one at its start, and children inherit both.
 */
export function allowFiles(wanted) {
  const limit = () => {
    const text = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
    return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text)
  }
  if (limit() < wanted && onLinux) {
    try {
      const files = `--nofile=${wanted}:${wanted}`
      execFileSync('prlimit', [`--pid=${process.pid}`, files], { stdio: 'ignore' })
    } catch {
      // Only root may raise the hard limit.
    }
  }
  return limit()
}

export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })

const started = new Set()
const signal = (pid, name) => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended.
  }
}
process.on('exit', () => {
  for (const root of started) for (const pid of family(root)) signal(pid, 'SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit(130))

/** Asks a process to end, and ends what is left of it and its descendants after 6 s. */
export async function stop(root) {
  const members = family(root)
  const alive = () => (onLinux ? members.filter(isAlive) : [])
  signal(root, 'SIGTERM')
  for (let i = 0; i < 120 && alive().length > 0; i++) await sleep(50)
  for (const pid of alive()) signal(pid, 'SIGKILL')
  started.delete(root)
}

/** Starts a command. `onLine` gets what it writes on stderr; the last of it is kept for `complaint()`. */
export function launch([command, ...rest], env, onText) {
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], env })
  let said = ''
  child.on('error', (error) => {
    said += error
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said = (said + text).slice(-4000)
    onText(text)
  })
  if (child.pid) started.add(child.pid)
  return {
    pid: child.pid,
    hasEnded: () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null,
    complaint: () => said.trim(),
  }
}

/**
 * Starts one of our own programs, which says `{ result }` when it is ready. `ask(task)` resolves to its result; many may
 * be under way.
 */
export async function launchHelper(file, ...args) {
  const child = fork(here(file), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  started.add(child.pid)
  const waiting = new Map()
  const wait = (id) =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
    })
  child.on('message', ({ id, result }) => {
    waiting.get(id)?.resolve(result)
    waiting.delete(id)
  })
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} has ended`))
  })
  let last = 0
  const hello = await wait(undefined)
  return {
    pid: child.pid,
    hello,
    ask(task) {
      const id = ++last
      const reply = wait(id)
      child.send({ id, task })
      return reply
    },
    stop: () => child.disconnect(),
  }
}

/** The other end of it: `hello` is what the one who started us gets first, `work(task)` answers each task. */
export function helpOut(hello, work) {
  process.on('message', async ({ id, task }) => process.send({ id, result: await work(task) }))
  process.on('disconnect', () => process.exit())
  process.send({ result: hello })
}
