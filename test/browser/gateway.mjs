// The command, built for the occasion, with simulated providers.
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** `{ folder, start, remove }`: a folder with the built command in it; `remove` ends what still runs. */
export function createWorkspace() {
  const folder = mkdtempSync(join(tmpdir(), 'aigw-browser-'))
  const build = [join(root, 'runtime-node', 'build.mjs'), '--only-command']
  execFileSync(process.execPath, [...build, '--out', join(folder, 'dist')])
  cpSync(join(root, 'defaults'), join(folder, 'defaults'), { recursive: true })
  mkdirSync(join(folder, 'home'))
  const running = new Set()
  return {
    folder,
    async start(args = []) {
      const gateway = await start(folder, args)
      running.add(gateway)
      return gateway
    },
    async remove() {
      await Promise.all(Array.from(running, ({ kill }) => kill()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** `{ url, admin, begin, chat, kill }` once it listens. */
async function start(folder, args) {
  const command = [join(folder, 'dist', 'aigw.js'), 'run', '--simulate', '--port', '0']
  const child = spawn(process.execPath, [...command, '--admin-port', '0', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: join(folder, 'home') },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise((resolve) => {
    child.on('close', resolve)
  })
  let said = ''
  const [, url, admin] = await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text
      const found = /listening on (\S+) \(admin (\S+)\) after .*\n/.exec(said)
      if (found !== null) resolve(found)
    })
    ended.then((code) => reject(new Error(`the gateway ended with ${code}:\n${said}`)))
  })
  /** A chat up to the head of its answer. */
  const begin = (body, { trouble, signal } = {}) => {
    const headers = { 'content-type': 'application/json' }
    if (trouble !== undefined) headers['x-simulate'] = trouble
    const messages = [{ role: 'user', content: 'What a client has to say' }]
    const text = JSON.stringify({ model: 'gpt-4o-mini', messages, ...body })
    const init = { method: 'POST', headers, body: text, signal }
    return fetch(`${url}/v1/chat/completions?api-key=SECRET`, init)
  }
  return {
    url,
    admin,
    begin,
    chat: (body, options) => begin(body, options).then((answer) => answer.text()),
    kill() {
      child.kill('SIGKILL')
      return ended
    },
  }
}
