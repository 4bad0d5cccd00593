// Edits of the file of a running command: what a person at an editor sees.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complete, gateway, route, serviceBackend } from '../unit/config/support.ts'
import { createWorkspace, type Started, type Workspace } from './command.ts'

let workspace: Workspace
beforeAll(() => {
  workspace = createWorkspace()
}, 60_000)
afterAll(() => workspace.remove())

function configFor(model: string): string {
  const headers = [{ name: 'x-ai-eg-model', value: model }]
  return complete(route([{ backendRefs: [{ name: 'a' }], matches: [{ headers }] }]))
}

function run(name: string, text: string, args: readonly string[] = []) {
  const file = join(workspace.folder, name)
  writeFileSync(file, text)
  const ports = ['--port', '0', '--admin-port', '0']
  const started = workspace.start(['run', '--simulate', ...ports, ...args, name])
  return { file, started }
}

async function listModels(url: string): Promise<string[]> {
  const { data } = (await fetch(`${url}/v1/models`).then((answer) => answer.json())) as {
    data: { id: string }[]
  }
  return data.map(({ id }) => id)
}

/** Resolves when standard error holds the text. */
function said(started: Started, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (started.stderr().includes(text)) resolve()
    }
    look()
    started.child.stderr?.on('data', look)
    started.exit.then(() => reject(new Error(`never said ${text}: ${started.stderr()}`)))
  })
}

describe('a running gateway', () => {
  it('takes an edit within a second, whether written in place or renamed over', async () => {
    const { file, started } = run('edited.yaml', configFor('one'))
    const { url } = await started.listening()
    expect(await listModels(url)).toEqual(['one'])

    const begun = performance.now()
    writeFileSync(file, configFor('two'))
    await said(started, 'route default/route changed: rules[0]')
    expect(performance.now() - begun).toBeLessThan(1000)
    expect(await listModels(url)).toEqual(['two'])

    writeFileSync(`${file}.tmp`, configFor('three'))
    renameSync(`${file}.tmp`, file)
    await expect.poll(() => listModels(url)).toEqual(['three'])
  })

  it('keeps what it has at a bad edit, and says so on every channel', async () => {
    const { file, started } = run('broken.yaml', configFor('one'))
    const { url, admin } = await started.listening()
    writeFileSync(file, configFor('two').replace('"name":"a"}]', '"name":"aa"}]'))
    await said(started, 'configuration not reloaded: 1 error')
    expect(started.stderr()).toContain('(did you mean a?)')
    expect(await listModels(url)).toEqual(['one'])

    const health = await fetch(`${admin}/health`)
    expect(health.status).toBe(200)
    expect(await health.text()).toMatch(/^OK\nconfiguration not reloaded at .*: 1 error\n$/)
    const metrics = await fetch(`${admin}/metrics`).then((answer) => answer.text())
    expect(metrics).toMatch(/^aigw_config_last_reload_successful 0$/m)
    expect((await fetch(`${admin}/ready`)).status).toBe(200)
    const { refused } = (await fetch(`${admin}/config`).then((answer) => answer.json())) as {
      refused: { reason: string }
    }
    expect(refused.reason).toBe('1 error')
  })

  it('warns that another port waits for a restart', async () => {
    const { file, started } = run('ports.yaml', configFor('one'))
    const { url } = await started.listening()
    const moved = gateway({ listeners: [{ name: 'http', protocol: 'HTTP', port: 1976 }] })
    writeFileSync(file, configFor('two').replace(JSON.stringify(gateway()), JSON.stringify(moved)))
    await said(started, 'listener http: port 1976 is served after a restart')
    expect(await listModels(url)).toEqual(['two'])
  })

  it.skipIf(process.platform === 'win32')('reads anew at SIGHUP without watching', async () => {
    const { file, started } = run('signal.yaml', configFor('one'), ['--no-watch'])
    const { url } = await started.listening()
    const more = complete(
      serviceBackend('b', {
        backendRef: { group: 'gateway.envoyproxy.io', kind: 'Backend', name: 'a' },
      }),
      route([{ backendRefs: [{ name: 'a' }, { name: 'b' }] }]),
    )
    writeFileSync(file, more)
    started.child.kill('SIGHUP')
    await said(started, 'backend default/b added')
    expect(await listModels(url)).toEqual([])
  })
})
