// The built command as a process of its own, on a runtime of choice.
import { spawn, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const here = dirname(fileURLToPath(import.meta.url))
export const dist = join(here, '..', '..', 'dist')

/** Paths of the runtimes' programs, by name. */
export const runtimes = { node: process.execPath, bun: findBun() }

/**
 * The `bun` package puts its platform's binary in place when its install script runs; where scripts are switched
 * off, the binary is still in the platform's own package.
 */
function findBun() {
  const { resolve } = createRequire(import.meta.url)
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const own = `@oven/bun-${system}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`
  for (const name of ['bun', own, `${own}-musl`]) {
    for (const file of ['bun', 'bun.exe']) {
      try {
        const path = join(dirname(resolve(`${name}/package.json`)), 'bin', file)
        if (spawnSync(path, ['--version']).status === 0) return path
      } catch {
        // Not a package of this platform.
      }
    }
  }
  throw new Error('no bun here: npm --prefix test/runtime ci')
}

/** Everything that `args` print, and their exit code. */
export function run(program, args, { env = {}, input, onLine } = {}) {
  const child = spawn(program, args, { cwd: here, env: { ...process.env, ...env } })
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
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }))
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

/** The entry module as Bun serves it by itself; as `startGateway`, without an admin server. */
export async function startEntry(program, { config, env }) {
  const { found, ...started } = await startUntil(
    /http:\/\/localhost:(\d+)/,
    program,
    [join(dist, 'entry.js')],
    { env: { ...env, AIGW_CONFIG: config, PORT: '0' } },
  )
  return { ...started, url: `http://localhost:${found[1]}` }
}

async function startUntil(pattern, program, args, options) {
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
  const found = await Promise.race([said, early])
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  return { found, child, ended, stop }
}
