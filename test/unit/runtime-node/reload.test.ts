import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, reloadConfig } from '../../../runtime-node/config-source.ts'
import { resolveHomes } from '../../../runtime-node/paths.ts'
import { followConfig, type LiveConfig } from '../../../runtime-node/reload.ts'
import { parseConfig } from '../../../src/config/parse.ts'
import type { GatewaySpec, LogFields } from '../../../src/index.ts'
import { createFakeSystem } from '../../support/fake-system.ts'
import { createManualWatch } from '../../support/manual-watch.ts'
import { complete, resource, route } from '../config/support.ts'

const secret = {
  ...resource('Secret', 'k', { stringData: { apiKey: 'NOT_A_REAL_KEY' } }),
  metadata: { name: 'k', annotations: { 'substitution.aigw.run/file/apiKey': 'key.txt' } },
}
const policy = {
  ...resource('BackendSecurityPolicy', 'p', {
    spec: {
      targetRefs: [{ group: 'aigateway.envoyproxy.io', kind: 'AIServiceBackend', name: 'a' }],
      type: 'APIKey',
      apiKey: { secretRef: { name: 'k' } },
    },
  }),
}

function configFor(model: string): string {
  const headers = [{ name: 'x-ai-eg-model', value: model }]
  return complete(route([{ backendRefs: [{ name: 'a' }], matches: [{ headers }] }]), secret, policy)
}

const bad = configFor('m').replace('"name":"a"}]', '"name":"zz"}]')

let folder = ''
let live: LiveConfig | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw-reload-'))
})
afterEach(() => {
  live?.close()
  rmSync(folder, { recursive: true })
})

function put(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

async function follow({ watch = true, configPath = 'a.yaml', stdin = '' } = {}) {
  const manual = createManualWatch()
  let hangUp = () => {}
  const system = createFakeSystem({
    ...manual.system,
    stdin,
    workingDirectory: folder,
    home: folder,
    onReload(listener) {
      hangUp = listener
      return () => {
        hangUp = () => {}
      }
    },
  })
  const settings = { configPath, homes: resolveHomes({}, system), parsing: {} }
  const loaded = await loadConfig(settings, system, parseConfig)
  if (loaded.spec === undefined) throw new Error('the first configuration must be good')
  const used: GatewaySpec[] = []
  const logged: string[] = []
  let refused = 0
  let parsed = 0
  let failing = false
  live = followConfig({
    system,
    log: (level, message, _fields?: LogFields) => logged.push(`${level} ${message}`),
    loaded,
    spec: loaded.spec,
    watch,
    reload: (before) =>
      reloadConfig(before, settings, system, (...read) => {
        parsed++
        return parseConfig(...read)
      }),
    prepare: (spec) => spec,
    apply(spec) {
      if (failing) throw new Error('cannot be compiled')
      used.push(spec)
    },
    onRefused: () => {
      refused++
    },
  })
  const modelOf = (spec: GatewaySpec | undefined) =>
    spec?.routes[0]?.rules[0]?.matches[0]?.headers[0]?.value
  return {
    manual,
    system,
    logged,
    models: () => used.map(modelOf),
    keys: () => used.map((spec) => Reflect.get(spec.backends['default/a']?.auth ?? {}, 'key')),
    refused: () => refused,
    parsed: () => parsed,
    status: () => {
      if (live === undefined) throw new Error('not followed')
      return live.status()
    },
    hangUp: () => hangUp(),
    fail: (value: boolean) => {
      failing = value
    },
    edit(text: string, name = 'a.yaml') {
      put(name, text)
      manual.touch(folder, name)
      manual.advance(250)
    },
  }
}

describe('a change of the file', () => {
  beforeEach(() => put('a.yaml', configFor('m')))

  it('takes effect, and the log says what it changed', async () => {
    const { edit, models, logged, status, system } = await follow()
    const before = status().version
    edit(configFor('n'))
    expect(models()).toEqual(['n'])
    expect(status().version).not.toBe(before)
    expect(status().version).toMatch(/^[0-9a-f]{12}$/)
    expect(logged).toEqual([
      `info configuration reloaded: version ${status().version}, 1 changed`,
      'info   route default/route changed: rules[0]',
    ])
    expect(system.stderr.text()).toContain('configuration reloaded')
  })

  it('is nothing where the text is the same', async () => {
    const { edit, models, logged } = await follow()
    edit(configFor('m'))
    expect([models(), logged]).toEqual([[], []])
  })

  it('is not looked for by parsing the same text again', async () => {
    const { edit, parsed } = await follow()
    edit(configFor('m'))
    edit(configFor('m'))
    expect(parsed()).toBe(0)
    edit('a-key', 'key.txt')
    expect(parsed()).toBe(1)
    edit(configFor('n'))
    expect(parsed()).toBe(2)
  })

  it('changes nothing when it is bad, and is explained', async () => {
    const { edit, models, logged, refused, status } = await follow()
    const { version } = status()
    edit(bad)
    expect(models()).toEqual([])
    expect(refused()).toBe(1)
    expect(logged[0]).toMatch(
      /^error a\.yaml:\d+:\d+: error: AIGatewayRoute default\/route: .*there is no AIServiceBackend default\/zz/,
    )
    expect(logged.at(-1)).toBe(
      `error configuration not reloaded: 1 error; version ${version} stays in use`,
    )
    expect(status()).toMatchObject({ version, refused: { reason: '1 error' } })
  })

  it('may put right what was bad, or take it back', async () => {
    const { edit, models, status } = await follow()
    edit(bad)
    edit(configFor('n'))
    expect(models()).toEqual(['n'])
    expect(status().refused).toBeUndefined()
    edit(bad)
    edit(configFor('n'))
    expect(status().refused).toBeUndefined()
  })

  it('is refused when it cannot be compiled', async () => {
    const { edit, fail, status, refused } = await follow()
    fail(true)
    edit(configFor('n'))
    expect(refused()).toBe(1)
    expect(status().refused?.reason).toBe('cannot be compiled')
  })

  it('that removes the file keeps what there was until it is back', async () => {
    const { manual, edit, models, status } = await follow()
    unlinkSync(join(folder, 'a.yaml'))
    manual.touch(folder, 'a.yaml')
    manual.advance(250)
    expect(status().refused?.reason).toMatch(/no such file or directory$/)
    edit(configFor('n'))
    expect(models()).toEqual(['n'])
  })

  it('repeats no warning that was there before', async () => {
    const warned = (model: string) => configFor(model).replace('"matches"', '"colour":1,"matches"')
    put('a.yaml', warned('m'))
    const { edit, logged } = await follow()
    edit(warned('n'))
    expect(logged.filter((line) => line.startsWith('warn'))).toEqual([])
    edit(warned('n').replace('colour', 'color'))
    expect(logged.filter((line) => line.startsWith('warn'))).toHaveLength(1)
  })
})

describe('other causes', () => {
  beforeEach(() => put('a.yaml', configFor('m')))

  it('are files that annotations name, also when they come to be', async () => {
    const { edit, keys, logged } = await follow()
    edit('first-key', 'key.txt')
    edit('second-key', 'key.txt')
    expect(keys()).toEqual(['first-key', 'second-key'])
    expect(logged).toContain('info   credential of default/a changed')
    expect(logged.join()).not.toMatch(/first-key|second-key/)
  })

  it('are signals, with or without watching', async () => {
    const { manual, models, hangUp } = await follow({ watch: false })
    put('a.yaml', configFor('n'))
    manual.touch(folder, 'a.yaml')
    manual.advance(60_000)
    expect(models()).toEqual([])
    hangUp()
    expect(models()).toEqual(['n'])
  })

  it('are files of a directory', async () => {
    const { edit, models } = await follow({ configPath: '.' })
    const other = route([{ backendRefs: [{ name: 'a' }] }], {}, 'another')
    edit(JSON.stringify(other), 'b.json')
    expect(models()).toEqual(['m'])
  })

  it('leave standard input as it was read', async () => {
    const { edit, keys } = await follow({ configPath: '-', stdin: configFor('m') })
    edit('some-key', 'key.txt')
    expect(keys()).toEqual(['some-key'])
  })

  it('end with the run', async () => {
    const { edit, models, hangUp } = await follow()
    live?.close()
    edit(configFor('n'))
    hangUp()
    expect(models()).toEqual([])
  })
})
