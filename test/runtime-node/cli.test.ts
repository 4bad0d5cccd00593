import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorkspace, type Started, type StartOptions, type Workspace } from './command.ts'

let workspace: Workspace
beforeAll(() => {
  workspace = createWorkspace()
}, 60_000)
afterAll(() => workspace.remove())

const defaultText = readFileSync(resolve(import.meta.dirname, '../../defaults/aigw.yaml'), 'utf8')

const onFreePorts = ['--port', '0', '--admin-port', '0']

function aigw(args: readonly string[], options?: StartOptions): Started {
  return workspace.start(args, options)
}

/** A gateway that makes its answers up, on ports of its own. */
function simulated(args: readonly string[] = [], options?: StartOptions): Started {
  return aigw(['run', '--simulate', ...onFreePorts, ...args], options)
}

async function stopped(started: Started) {
  started.child.kill('SIGTERM')
  return started.exit
}

/** As many words as `tokens`, one event each. */
function askForStream(url: string, tokens: number): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-simulate': `tokens=${tokens}` },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      stream: true,
      messages: [{ role: 'user', content: 'count' }],
    }),
  })
}

/** Resolves with the rest of the stream, after its first bytes have come. */
async function afterFirstBytes(response: Response): Promise<{ rest: Promise<string> }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('no body')
  const first = await reader.read()
  const readAll = async () => {
    let text = first.value ?? ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text
      text += value
    }
  }
  return { rest: readAll() }
}

describe('--show-default', () => {
  it('prints the built-in text byte for byte, with no key and no port', async () => {
    const blocked = aigw(['run', '--show-default', '--port', '0'])
    expect(await blocked.exit).toBe(0)
    expect(blocked.stdout()).toBe(defaultText)
    expect(blocked.stderr()).toBe('')
  })

  it('prints what, saved and run, routes in the same way', async () => {
    writeFileSync(join(workspace.folder, 'saved.yaml'), defaultText)
    const builtIn = simulated()
    const saved = simulated(['saved.yaml'])
    const ask = async (started: Started) => {
      const { url } = await started.listening()
      const { data } = (await fetch(`${url}/v1/models`).then((answer) => answer.json())) as {
        data: { id: string }[]
      }
      const table = started.stderr().split('\n')
      return {
        models: data.map(({ id }) => id),
        routes: table.filter((line) => line.includes('→')),
      }
    }
    const [ofBuiltIn, ofSaved] = await Promise.all([ask(builtIn), ask(saved)])
    expect(ofBuiltIn.models.length).toBeGreaterThan(0)
    expect(ofBuiltIn.routes.length).toBeGreaterThan(0)
    expect(ofSaved).toEqual(ofBuiltIn)
    await Promise.all([stopped(builtIn), stopped(saved)])
  })
})

describe('the start', () => {
  it('says that it is ready on stderr, in plain text, and logs requests on stdout', async () => {
    const started = simulated()
    const { url, admin } = await started.listening()
    const [ready, listening] = started.stderr().split('\n')
    expect(ready).toBe('AI Gateway External Processor is ready')
    expect(listening).toMatch(
      /^Envoy AI Gateway listening on http:\/\/localhost:\d+ \(admin http:\/\/localhost:\d+\) after \d+\.\ds$/,
    )
    expect((await fetch(`${url}/v1/models`)).status).toBe(200)
    expect(await fetch(`${admin}/health`).then((answer) => answer.text())).toBe('OK\n')
    expect(await stopped(started)).toBe(0)
    const lines = started.stdout().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { method: 'GET', 'x-envoy-origin-path': '/v1/models', response_code: 200 },
    ])
    expect(started.stderr()).not.toContain('\u001b')
  })

  it('listens on the port of the first listener where nothing else is said', async () => {
    const port = await freePort()
    const text = defaultText.replace(/(port: *)1975\b/, `$1${port}`)
    expect(text).not.toBe(defaultText)
    const started = aigw(['run', '-', '--simulate', '--admin-port', '0'], { stdin: text })
    expect((await started.listening()).url).toBe(`http://localhost:${port}`)
    expect(await stopped(started)).toBe(0)
  })

  it.skipIf(spawnSync('curl', ['--version']).error !== undefined)(
    'offers a command that works as it stands',
    async () => {
      const started = simulated(['--simulate-delay', '0s'])
      await started.listening()
      const command = /^ {2}(curl .*)$/m.exec(started.stderr())?.[1] ?? 'false'
      const answer = spawnSync('sh', ['-c', `${command} --silent --fail`], { encoding: 'utf8' })
      expect(answer.status).toBe(0)
      expect(JSON.parse(answer.stdout)).toMatchObject({ object: 'chat.completion' })
      expect(await stopped(started)).toBe(0)
    },
  )

  it('says what to set for backends without a credential, and finds the ones that are set', async () => {
    const started = aigw(['run', ...onFreePorts], { env: { OPENAI_API_KEY: 'sk-very-secret' } })
    await started.listening()
    const line = (name: string) =>
      started
        .stderr()
        .split('\n')
        .find((candidate) => candidate.includes(`  ${name} `) && candidate.includes('://'))
    expect(line('openai')).toContain('credential found')
    expect(line('tars')).toContain('TARS_API_KEY')
    expect(line('ollama')).toContain('needs no credential')
    expect(await stopped(started)).toBe(0)
  })

  it.each(['1', 'true', 'yes'])('is simulated with AIGW_SIMULATE=%s', async (value) => {
    const started = aigw(['run', ...onFreePorts], { env: { AIGW_SIMULATE: value } })
    await started.listening()
    expect(started.stderr()).toContain('nothing leaves this machine')
    expect(await stopped(started)).toBe(0)
  })
})

describe('what goes wrong', () => {
  it('is a usage error: exit 80, one line, nothing on stdout', async () => {
    const started = aigw(['run', '--foo'])
    expect(await started.exit).toBe(80)
    expect(started.stderr()).toBe('aigw: error: unknown flag --foo\n')
    expect(started.stdout()).toBe('')
  })

  it('is no key where only keys make a configuration: exit 80', async () => {
    const started = aigw(['run'], { env: { AIGW_DEFAULTS: 'v1' } })
    expect(await started.exit).toBe(80)
    expect(started.stderr()).toBe(
      'aigw: error: run: you must supply at least OPENAI_API_KEY, AZURE_OPENAI_API_KEY, ANTHROPIC_API_KEY, or a config file path\n',
    )
    expect(started.stdout()).toBe('')
  })

  it('is a missing file, by its absolute path', async () => {
    const started = aigw(['run', 'missing.yaml'])
    expect(await started.exit).toBe(1)
    expect(started.stderr()).toBe(
      `Error running: error reading config: open ${join(workspace.folder, 'missing.yaml')}: no such file or directory\n`,
    )
  })

  it('is a busy port, without a trace', async () => {
    const { port, close } = await occupyPort()
    for (const [flag = '', ...args] of [
      ['--port', String(port), '--admin-port', '0'],
      ['--admin-port', String(port), '--port', '0'],
    ]) {
      const started = aigw(['run', flag, ...args])
      expect(await started.exit).toBe(1)
      expect(started.stderr()).toBe(
        `Error running: port ${port} is in use: ${flag} chooses another\n`,
      )
      expect(started.stderr()).not.toMatch(/^\s+at /m)
    }
    await close()
  })

  it('is a broken configuration, each finding on a line with its place', async () => {
    const stdin = `kind: Gateway\nmetadata: {name: a}\nspec: {listeners: 5}\n`
    const started = aigw(['run', '-', ...onFreePorts], { stdin })
    expect(await started.exit).toBe(1)
    const lines = started.stderr().trimEnd().split('\n')
    expect(lines.at(-1)).toMatch(/^Error running: /)
    expect(lines.slice(0, -1).some((line) => /^-:\d+:\d+: error: /.test(line))).toBe(true)
    expect(started.stderr()).not.toMatch(/^\s+at /m)
  })

  it('is text that is no YAML', async () => {
    const started = aigw(['run', '-', ...onFreePorts], { stdin: '{[' })
    expect(await started.exit).toBe(1)
    expect(started.stderr()).toMatch(/^-:\d+:\d+: error: /)
  })
})

describe('the run directory', () => {
  const runs = () => join(workspace.folder, 'home/.local/state/aigw/runs')

  it('is named after the time by default', async () => {
    const before = existsSync(runs()) ? readdirSync(runs()) : []
    const started = simulated()
    await started.listening()
    expect(await stopped(started)).toBe(0)
    const [made, ...others] = readdirSync(runs()).filter((name) => !before.includes(name))
    expect(made).toMatch(/^\d{8}_\d{6}_\d{3}$/)
    expect(others).toEqual([])
    expect(readdirSync(join(runs(), made ?? ''))).toEqual(['aigw.log'])
  })

  it('is named by AIGW_RUN_ID', async () => {
    const started = simulated([], { env: { AIGW_RUN_ID: '0' } })
    await started.listening()
    expect(await stopped(started)).toBe(0)
    expect(readdirSync(join(runs(), '0'))).toEqual(['aigw.log'])
  })

  it('cannot be led elsewhere', async () => {
    const started = simulated(['--run-id', '../x'])
    expect(await started.exit).toBe(80)
    expect(started.stderr()).toMatch(/^aigw: error: run: invalid run id "\.\.\/x"/)
    expect(existsSync(join(runs(), '../x'))).toBe(false)
  })

  it('is where the flag says, whatever the environment does', async () => {
    const env = { AIGW_STATE_HOME: join(workspace.folder, 'from env') }
    const started = simulated(['--state-home', 'from flag', '--run-id', 'mine'], { env })
    await started.listening()
    expect(await stopped(started)).toBe(0)
    expect(existsSync(join(workspace.folder, 'from flag/runs/mine/aigw.log'))).toBe(true)
    expect(existsSync(env.AIGW_STATE_HOME)).toBe(false)
  })

  it('may be out of reach: a warning, and the log goes to stderr', async () => {
    writeFileSync(join(workspace.folder, 'a file'), '')
    const started = simulated(['--state-home', 'a file', '--debug'])
    await started.listening()
    expect(await stopped(started)).toBe(0)
    expect(started.stderr()).toMatch(/^warning: cannot write .*aigw\.log: /m)
    expect(started.stderr()).toContain('msg=started')
  })

  it('never holds a secret, and neither does stderr', async () => {
    const secret = 'sk-very-secret-value'
    const env = { OPENAI_API_KEY: secret, AIGW_RUN_ID: 'secret', AIGW_STATE_HOME: 'state' }
    const started = simulated(['--debug', '--runtime-dir', 'runtime'], { env })
    const { url } = await started.listening()
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer client-very-secret', 'x-api-key': 'client-very-secret' },
      body: '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}',
    })
    expect(answer.status).toBe(200)
    const pidFile = join(workspace.folder, 'runtime/secret.pid')
    expect(readFileSync(pidFile, 'utf8')).toBe(`${started.child.pid}\n`)
    expect(await stopped(started)).toBe(0)
    expect(existsSync(pidFile)).toBe(false)
    const files = listFiles(join(workspace.folder, 'state'))
    expect(files.map((file) => file.slice(workspace.folder.length))).toEqual([
      '/state/runs/secret/aigw.log',
    ])
    const written = [started.stderr(), started.stdout(), ...files.map(readText)].join('\n')
    expect(written).toContain('msg=started')
    expect(written).not.toContain('very-secret')
  })
})

describe('stopping', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 at %s', async (signal) => {
    const started = simulated()
    await started.listening()
    started.child.kill(signal)
    expect(await started.exit).toBe(0)
  })

  it('lets a stream under way finish, and says 503 on the admin port meanwhile', async () => {
    const started = simulated(['--simulate-rate', '20'])
    const { url, admin } = await started.listening()
    const { rest } = await afterFirstBytes(await askForStream(url, 20))
    started.child.kill('SIGTERM')
    await expect.poll(() => fetch(`${admin}/health`).then((health) => health.status)).toBe(503)
    await expect(fetch(`${url}/v1/models`)).rejects.toThrow()
    expect(await rest).toMatch(/data: \[DONE\]\n\n$/)
    expect(await started.exit).toBe(0)
  })

  it('does not wait for a connection that has not asked anything', async () => {
    const started = simulated(['--drain-timeout', '10m'])
    const { url } = await started.listening()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    const closed = once(socket, 'close')
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    await closed
  })

  it('cuts what is longer than the drain timeout, and still exits with 0', async () => {
    const started = simulated(['--simulate-rate', '5', '--drain-timeout', '200ms'])
    const { url } = await started.listening()
    const { rest } = await afterFirstBytes(await askForStream(url, 500))
    const cut = rest.then(
      () => 'complete',
      () => 'cut',
    )
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(0)
    expect(await cut).toBe('cut')
  })

  it('exits with 1 at once at a second signal', async () => {
    const started = simulated(['--simulate-rate', '5'])
    const { url, admin } = await started.listening()
    const { rest } = await afterFirstBytes(await askForStream(url, 500))
    const cut = rest.catch(() => 'cut')
    started.child.kill('SIGTERM')
    await expect.poll(() => fetch(`${admin}/health`).then((health) => health.status)).toBe(503)
    // Signals within 100 ms are one request: a wrapper passes on what the terminal sent to both.
    const firstAt = Date.now()
    await expect.poll(() => Date.now() - firstAt).toBeGreaterThan(150)
    started.child.kill('SIGTERM')
    expect(await started.exit).toBe(1)
    expect(await cut).toBe('cut')
  })
})

describe('healthcheck', () => {
  it('is 0 while a gateway is up and 1 afterwards', async () => {
    const started = simulated()
    const { admin } = await started.listening()
    const { port } = new URL(admin)
    const whileUp = aigw(['healthcheck'], { env: { AIGW_ADMIN_PORT: port } })
    expect(await whileUp.exit).toBe(0)
    expect(whileUp.stderr()).toBe('')
    expect(await stopped(started)).toBe(0)
    const afterwards = aigw(['healthcheck', '--admin-port', port])
    expect(await afterwards.exit).toBe(1)
    expect(afterwards.stderr()).toBe(`Health check failed: nothing listens on 127.0.0.1:${port}\n`)
  })
})

describe('version', () => {
  it('is dev for a build without a stamp', async () => {
    const started = aigw(['version'])
    expect(await started.exit).toBe(0)
    expect(started.stdout()).toBe('Envoy AI Gateway CLI: dev\n')
  })

  it('is what the build was stamped with', async () => {
    const stamped = createWorkspace({ version: 'v1.2.3-5-gabc1234' })
    const started = stamped.start(['version'])
    expect(await started.exit).toBe(0)
    expect(started.stdout()).toBe('Envoy AI Gateway CLI: abc1234 (v1.2.3, +5)\n')
    stamped.remove()
  })
})

describe('the built command', () => {
  it.skipIf(process.platform === 'win32')('can be executed as it is', () => {
    const file = join(workspace.folder, 'dist/aigw.js')
    expect(statSync(file).mode & 0o777).toBe(0o755)
    expect(execFileSync(file, ['version'], { encoding: 'utf8' })).toContain('dev')
  })

  it('ends quietly when its reader has gone', () => {
    const file = join(workspace.folder, 'dist/aigw.js')
    const command = `"${process.execPath}" "${file}" run --show-default | head -c 1`
    const { stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    expect(stderr).toBe('')
  })
})

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function readText(file: string): string {
  return readFileSync(file, 'utf8')
}

function occupyPort(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('no port'))
      const close = () => new Promise<void>((closed) => server.close(() => closed()))
      resolve({ port: address.port, close })
    })
  })
}

async function freePort(): Promise<number> {
  const { port, close } = await occupyPort()
  await close()
  return port
}
