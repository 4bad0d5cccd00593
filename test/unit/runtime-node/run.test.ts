import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { run } from '../../../runtime-node/run.ts'
import type { RunParts } from '../../../runtime-node/run-parts.ts'
import { type RunFlags, resolveRunSettings } from '../../../runtime-node/settings.ts'
import type { GatewaySpec } from '../../../src/config/config.ts'
import type { Diagnostic } from '../../../src/config/diagnostics.ts'
import type { UpstreamFetch } from '../../../src/ports.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw run '))
  writeFileSync(join(folder, 'config.yaml'), 'kind: Whatever')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const client = { maxRequestBytes: 1 }
const spec: GatewaySpec = {
  listeners: [{ name: 'http', port: 1975, client }],
  routes: [],
  costs: [],
  backends: {
    'default/openai': {
      name: 'default/openai',
      schema: { name: 'OpenAI' },
      endpoints: [],
      connectTimeoutMs: 1,
      auth: { type: 'APIKey', missing: 'set OPENAI_API_KEY' },
    },
  },
}

interface Setting {
  readonly flags?: RunFlags
  readonly env?: Readonly<Record<string, string>>
  readonly spec?: GatewaySpec | undefined
  readonly diagnostics?: readonly Diagnostic[]
  readonly terminal?: boolean
  readonly serve?: RunParts['serve']
}

const unused: UpstreamFetch = () => Promise.reject(new Error('not called'))

/** Starts `run` with everything below it made up; `ready` resolves when it listens. */
function start(setting: Setting = {}) {
  const system = createFakeSystem({
    env: setting.env ?? {},
    home: folder,
    workingDirectory: folder,
    terminal: setting.terminal ?? false,
    uid: process.getuid?.(),
  })
  const served: Parameters<RunParts['serve']>[1][] = []
  const drains: number[] = []
  const made: Parameters<RunParts['createGateway']>[0][] = []
  let drained: Promise<void> = Promise.resolve()
  let finishDrain = () => {}
  const parts: RunParts = {
    parseConfig: () => ({
      spec: 'spec' in setting ? setting.spec : spec,
      diagnostics: setting.diagnostics ?? [],
      files: [],
    }),
    createGateway(options) {
      made.push(options)
      const fetch = () => new Response()
      return { fetch, forPort: () => fetch, reload() {} }
    },
    createNodeFetch: () => ({
      fetch: unused,
      connections: () => ({ active: 0, idle: 0 }),
      retire: () => {},
      close: async () => {},
    }),
    createSimulator: async () => unused,
    serve:
      setting.serve ??
      (async (_, options) => {
        served.push(options)
        return {
          port: options.port,
          drain(timeoutMs) {
            drains.push(timeoutMs)
            return drained
          },
        }
      }),
  }
  const flags = { adminPort: '0', runtimeDir: join(folder, 'run'), runId: '0', ...setting.flags }
  const settings = resolveRunSettings('config.yaml', flags, system)
  const exit = run(settings, system, parts)
  return {
    system,
    served,
    drains,
    made,
    exit,
    holdDrain() {
      drained = new Promise((resolve) => {
        finishDrain = resolve
      })
    },
    finishDrain: () => finishDrain(),
    stderr: () => system.stderr.text(),
    async listening() {
      while (!system.stderr.text().includes('listening on')) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    log: () => readFileSync(join(folder, '.local/state/aigw/runs/0/aigw.log'), 'utf8'),
  }
}

describe('a run', () => {
  it('says that it is ready, serves, and stops at a signal with 0', async () => {
    const { listening, served, drains, exit, stderr, system } = start()
    await listening()
    expect(stderr().split('\n').slice(0, 2)).toEqual([
      'AI Gateway External Processor is ready',
      expect.stringMatching(/^Envoy AI Gateway listening on http:\/\/localhost:1975 \(admin /),
    ])
    expect(served).toEqual([{ port: 1975, hosts: ['127.0.0.1', '::1'], client }])
    system.stop()
    expect(await exit).toBe(0)
    expect(drains).toEqual([30_000])
  })

  it('gives requests as long as it is told to', async () => {
    const { listening, drains, exit, system } = start({ flags: { drainTimeout: '5s' } })
    await listening()
    system.stop()
    await exit
    expect(drains).toEqual([5000])
  })

  it('does not wait after a second signal, and exits with 1', async () => {
    const { listening, exit, system, holdDrain } = start()
    await listening()
    holdDrain()
    system.stop()
    system.advance(1000)
    system.stop()
    expect(await exit).toBe(1)
  })

  it('says on the admin port that it is draining', async () => {
    const { listening, exit, system, holdDrain, finishDrain, stderr } = start()
    await listening()
    const [, admin] = /admin (http:\/\/\S+)\)/.exec(stderr()) ?? []
    expect(await fetch(`${admin}/health`).then((answer) => answer.text())).toBe('OK\n')
    holdDrain()
    system.stop()
    await new Promise((resolve) => setImmediate(resolve))
    expect((await fetch(`${admin}/health`)).status).toBe(503)
    finishDrain()
    expect(await exit).toBe(0)
    await expect(fetch(`${admin}/health`)).rejects.toThrow()
  })
})

describe('listeners', () => {
  const listeners = [
    { name: 'a', port: 8080, client },
    { name: 'b', port: 9090, client },
    { name: 'c', port: 8080, client, hostname: 'c.example' },
  ]

  it('share a port where they differ by host name alone', async () => {
    const { listening, served, exit, system } = start({ spec: { ...spec, listeners } })
    await listening()
    system.stop()
    await exit
    expect(served.map(({ port }) => port)).toEqual([8080, 9090])
  })

  it('get --port in the place of the first', async () => {
    const setting = { spec: { ...spec, listeners }, flags: { port: '7070' } }
    const { listening, served, exit, system, stderr } = start(setting)
    await listening()
    system.stop()
    await exit
    expect(served.map(({ port }) => port)).toEqual([7070, 9090])
    expect(stderr()).toContain('listening on http://localhost:7070 ')
  })

  it('must be there', async () => {
    const { exit } = start({ spec: { ...spec, listeners: [] } })
    await expect(exit).rejects.toThrow('the configuration has no listener')
  })

  it('on all addresses are worth one warning', async () => {
    const { listening, exit, system, stderr } = start({ flags: { host: '0.0.0.0' } })
    await listening()
    system.stop()
    await exit
    expect(stderr().match(/^warning: .*without client authentication/gm)).toHaveLength(1)
  })
})

describe('a port that cannot be had', () => {
  const failing = (code: string) => () =>
    Promise.reject(Object.assign(new Error(`listen ${code}`), { code }))

  it.each([
    ['EADDRINUSE', 'port 1975 is in use'],
    ['EACCES', 'port 1975: permission denied'],
    ['EADDRNOTAVAIL', 'listen EADDRNOTAVAIL'],
  ])('is named: %s', async (code, message) => {
    const { exit } = start({ serve: failing(code) })
    await expect(exit).rejects.toThrow(message)
  })

  it('may be the admin port', async () => {
    const other: Server = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const { exit, drains } = start({ flags: { adminPort: String(port) } })
    await expect(exit).rejects.toThrow(`port ${port} is in use`)
    expect(drains).toEqual([0])
    other.close()
  })
})

describe('what is wrong with the configuration', () => {
  const finding = (severity: Diagnostic['severity'], message: string): Diagnostic => ({
    file: 'config.yaml',
    line: 3,
    column: 5,
    severity,
    code: 'schema.x',
    path: 'spec.x',
    message,
  })

  it('stops the run, one line for each finding', async () => {
    const diagnostics = [finding('error', 'Gateway default/a: bad'), finding('error', 'worse')]
    const { exit, stderr } = start({ spec: undefined, diagnostics })
    await expect(exit).rejects.toThrow('Gateway default/a: bad (and 1 more)')
    expect(stderr()).toBe(
      'config.yaml:3:5: error: spec.x: Gateway default/a: bad\n' +
        'config.yaml:3:5: error: spec.x: worse\n',
    )
  })

  it('is first of all what is wrong with the text itself', async () => {
    const brace = { ...finding('error', 'closing brace expected'), code: 'env.syntax' }
    const { exit } = start({ spec: undefined, diagnostics: [finding('error', 'no kind'), brace] })
    await expect(exit).rejects.toThrow(
      /^error reading config: closing brace expected \(and 1 more\)$/,
    )
  })

  it('does not stop it when it is only a warning', async () => {
    const diagnostics = [finding('warning', 'odd'), finding('info', 'by the way')]
    const { listening, exit, stderr, system } = start({ diagnostics })
    await listening()
    system.stop()
    expect(await exit).toBe(0)
    expect(stderr()).toContain('config.yaml:3:5: warning: spec.x: odd\n')
    expect(stderr()).not.toContain('by the way')
  })
})

describe('the log', () => {
  it('holds nothing of an ordinary run at the default level', async () => {
    const { listening, exit, log, system } = start()
    await listening()
    system.stop()
    await exit
    expect(log()).toBe('')
  })

  it('is complete, and on stderr too, with --debug', async () => {
    const { listening, exit, log, stderr, system } = start({ flags: { debug: true } })
    await listening()
    system.stop()
    await exit
    expect(log()).toMatch(/msg=started .*\n.*msg=stopping .*\n.*msg=stopped code=0\n$/)
    expect(stderr()).toContain(' msg=started ')
  })

  it('has the level of the configuration', async () => {
    const { listening, exit, log, system } = start({ spec: { ...spec, logLevel: 'info' } })
    await listening()
    system.stop()
    await exit
    expect(log()).toContain('msg=started')
  })
})

describe('--simulate', () => {
  it('says so, and gives every backend a credential', async () => {
    const { listening, exit, made, stderr, system } = start({ flags: { simulate: true } })
    await listening()
    system.stop()
    await exit
    expect(stderr()).toContain('nothing leaves this machine')
    expect(made[0]?.config.backends['default/openai']?.auth).toEqual({
      type: 'APIKey',
      key: 'simulated',
    })
  })

  it('is off by default', async () => {
    const { listening, exit, made, stderr, system } = start()
    await listening()
    system.stop()
    await exit
    expect(stderr()).not.toContain('nothing leaves this machine')
    expect(made[0]?.config).toBe(spec)
  })
})

describe('colour', () => {
  it.each([
    ['on a terminal', { terminal: true }, true],
    ['not elsewhere', { terminal: false }, false],
    ['not with NO_COLOR', { terminal: true, env: { NO_COLOR: '1' } }, false],
    ['not on a dumb terminal', { terminal: true, env: { TERM: 'dumb' } }, false],
  ])('is used %s', async (_, setting, coloured) => {
    const { listening, exit, stderr, system } = start(setting)
    await listening()
    system.stop()
    await exit
    expect(stderr().includes('\u001b[')).toBe(coloured)
  })
})

it('keeps a pid file while it runs', async () => {
  const { listening, exit, system } = start()
  await listening()
  await new Promise((resolve) => setImmediate(resolve))
  expect(readFileSync(join(folder, 'run', '0.pid'), 'utf8')).toBe('4242\n')
  system.stop()
  await exit
  expect(() => readFileSync(join(folder, 'run', '0.pid'))).toThrow('ENOENT')
})
