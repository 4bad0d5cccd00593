// The built command as a process of its own, on a runtime of choice.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runtimes } from './programs.mjs'

export const here = dirname(fileURLToPath(import.meta.url))
export const dist = join(here, '..', '..', 'dist')

/** None of them outlives us, however we end. */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

/** Everything that `args` print, and their exit code. */
export function run(program, args, { env = {}, cwd = here, input, onLine } = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env } })
  running.add(child)
  let output = ''
  let rest = ''
  const take = (chunk) => {
    output += chunk
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) onLine?.(line)
  }
  child.stdout.setEncoding('utf8').on('data', take)
  child.stderr.setEncoding('utf8').on('data', take)
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const ended = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({ code: code ?? signal, output })
    })
  })
  return { child, ended, output: () => output }
}

/** `aigw run` until it listens: `{ url, adminPort, stop, child, ended }`. Rejects with its output where it does not. */
export async function startGateway(program, args, options) {
  const command = [join(dist, 'aigw.js'), 'run', ...args, '--port', '0', '--admin-port', '0']
  const listening = /listening on http:\/\/localhost:(\d+) \(admin http:\/\/localhost:(\d+)\)/
  const { found, ...started } = await startUntil(listening, program, command, options)
  const [, port, adminPort] = found
  return { ...started, url: `http://127.0.0.1:${port}`, adminPort: Number(adminPort) }
}

/** A module as the runtime serves it by itself; as `startGateway`, without an admin server. */
export async function startModule(name, module, env) {
  const [args, listening] = serving[name]
  const { found, ...started } = await startUntil(listening, runtimes[name], [...args, module], {
    env: { ...env, PORT: '0' },
  })
  return { ...started, url: `http://127.0.0.1:${found[1]}` }
}

const serving = {
  bun: [[], /http:\/\/127\.0\.0\.1:(\d+)/],
  deno: [
    ['serve', '--allow-env', '--allow-net', '--host', '127.0.0.1', '--port', '0'],
    /http:\/\/127\.0\.0\.1:(\d+)/,
  ],
}

const startLimitMs = 60_000

export async function startUntil(pattern, program, args, options) {
  let tell = () => {}
  const said = new Promise((resolve) => {
    tell = resolve
  })
  const { child, ended, output } = run(program, args, {
    ...options,
    onLine(line) {
      const match = pattern.exec(line)
      if (match !== null) tell(match)
    },
  })
  const early = ended.then(({ code }) => {
    throw new Error(`it ended with ${code}:\n${output()}`)
  })
  // When it ends later, that is no failure to start.
  early.catch(() => {})
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not listening after ${startLimitMs} ms:\n${output()}`))
    }, startLimitMs)
  })
  const found = await Promise.race([said, early, late]).finally(() => clearTimeout(timer))
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { found, child, ended, stop }
}
