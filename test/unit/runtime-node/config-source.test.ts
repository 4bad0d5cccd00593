import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBuiltInConfig } from '../../../runtime-node/built-in-config.ts'
import { loadConfig, type ParseConfig } from '../../../runtime-node/config-source.ts'
import { resolveHomes } from '../../../runtime-node/paths.ts'
import type { System } from '../../../runtime-node/system.ts'
import type { GatewaySpec } from '../../../src/config/config.ts'
import type { ConfigSource } from '../../../src/config/parse.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aigw config '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text = name): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

const spec: GatewaySpec = {
  listeners: [],
  routes: [],
  costs: [],
  backends: {},
}

/** What reached the parser, and what came back. */
async function load(
  configPath: string | undefined,
  overrides: Parameters<typeof createFakeSystem>[0] = {},
) {
  const system: System = createFakeSystem({ workingDirectory: folder, home: folder, ...overrides })
  const seen: ConfigSource[] = []
  const parse: ParseConfig = (sources) => {
    seen.push(...[sources].flat())
    return { spec, diagnostics: [], files: [] }
  }
  const loaded = await loadConfig(
    { configPath, homes: resolveHomes({}, system), parsing: {} },
    system,
    parse,
  )
  return { ...loaded, seen, texts: seen.map(({ file, text }) => [file, text]) }
}

describe('which configuration is used', () => {
  it('is the path, under the name that it was given', async () => {
    put('a.yaml', 'kind: A')
    put('.config/aigw/config.yaml', 'kind: B')
    const { origin, texts } = await load('./a.yaml')
    expect(origin).toEqual({ kind: 'file', path: join(folder, 'a.yaml') })
    expect(texts).toEqual([['./a.yaml', 'kind: A']])
  })

  it.skipIf(process.platform === 'win32')('is what a pipe tells, once', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const tell = (text: string) => spawn('sh', ['-c', 'echo "$1" > "$0"', pipe, text])
    tell('kind: A')
    const { texts, reread } = await load(pipe)
    expect(texts).toEqual([[pipe, 'kind: A\n']])
    // For a second look to find, which would wait for ever else.
    const writer = tell('kind: B')
    expect(reread().sources.map(({ text }) => text)).toEqual(['kind: A\n'])
    writer.kill()
  })

  it('is standard input for a dash', async () => {
    const { origin, texts } = await load('-', { stdin: 'kind: S' })
    expect(origin).toEqual({ kind: 'stdin' })
    expect(texts).toEqual([['-', 'kind: S']])
  })

  it('is config.yaml of the config home without a path', async () => {
    const path = put('.config/aigw/config.yaml', 'kind: B')
    const { origin, texts } = await load(undefined)
    expect(origin).toEqual({ kind: 'config-home', path })
    expect(texts).toEqual([[path, 'kind: B']])
  })

  it('is the built-in one where nothing else is', async () => {
    const { origin, texts } = await load(undefined)
    expect(origin).toEqual({ kind: 'built-in' })
    expect(texts).toEqual([['default', readBuiltInConfig()]])
  })

  it('finds a path below the home directory', async () => {
    put('deep/a.yaml', 'kind: A')
    const { texts } = await load('~/deep/a.yaml')
    expect(texts).toEqual([['~/deep/a.yaml', 'kind: A']])
  })

  it('finds a path through a variable', async () => {
    put('deep/a.yaml', 'kind: A')
    const { texts } = await load('$DIR/a.yaml', { env: { DIR: join(folder, 'deep') } })
    expect(texts).toEqual([['$DIR/a.yaml', 'kind: A']])
  })

  it('is all YAML and JSON files of a directory, sorted', async () => {
    for (const name of ['b.yml', 'a.yaml', 'c.json', 'note.md', 'x.yaml.bak', 'sub/d.yaml']) {
      put(`dir/${name}`, name)
    }
    const { origin, texts } = await load('dir')
    expect(origin).toEqual({ kind: 'directory', path: join(folder, 'dir') })
    expect(texts).toEqual([
      ['dir/a.yaml', 'a.yaml'],
      ['dir/b.yml', 'b.yml'],
      ['dir/c.json', 'c.json'],
    ])
  })
})

describe('what cannot be read', () => {
  it('is named by its absolute path', async () => {
    await expect(load('missing.yaml')).rejects.toThrow(
      `error reading config: open ${folder}/missing.yaml: no such file or directory`,
    )
  })

  it('is a path through a file', async () => {
    put('a.yaml')
    await expect(load('a.yaml/b.yaml')).rejects.toThrow(
      `error reading config: open ${folder}/a.yaml/b.yaml: not a directory`,
    )
  })

  it('is a directory without configuration', async () => {
    put('dir/note.md')
    await expect(load('dir')).rejects.toThrow(
      `error reading config: ${folder}/dir: no *.yaml, *.yml or *.json in it`,
    )
  })

  it('is a config.yaml that is a directory', async () => {
    mkdirSync(join(folder, '.config/aigw/config.yaml'), { recursive: true })
    await expect(load(undefined)).rejects.toThrow(/config\.yaml: is a directory$/)
  })
})

describe('files that a configuration names', () => {
  it('are looked for in the working directory, then beside the configuration', async () => {
    put('both.txt', 'here')
    put('dir/both.txt', 'there')
    put('dir/beside.txt', 'there')
    put('dir/a.yaml')
    const { seen } = await load('dir/a.yaml')
    const readText = seen[0]?.readText ?? (() => undefined)
    expect(readText('both.txt')).toBe('here')
    expect(readText('beside.txt')).toBe('there')
    expect(readText('missing.txt')).toBeUndefined()
    expect(readText('dir')).toBeUndefined()
  })

  it('may be below the home directory, and keep a dollar sign', async () => {
    put('home/x$Y.txt', 'mine')
    put('a.yaml')
    const { seen } = await load('a.yaml', { home: join(folder, 'home') })
    expect(seen[0]?.readText?.('~/x$Y.txt')).toBe('mine')
  })
})

describe('OLLAMA_HOST', () => {
  it('moves the Ollama of the built-in configuration', async () => {
    const { texts, origin } = await load(undefined, { env: { OLLAMA_HOST: 'ollama:9000' } })
    expect(texts[0]?.[1]).toContain('hostname: ollama\n        port: 9000')
    expect(origin).toEqual({ kind: 'built-in', variables: ['OLLAMA_HOST'] })
  })

  it('does not touch a configuration of the user’s own', async () => {
    put('a.yaml', 'kind: A')
    const { texts } = await load('a.yaml', { env: { OLLAMA_HOST: 'ollama:9000' } })
    expect(texts).toEqual([['a.yaml', 'kind: A']])
  })

  it('must make sense', async () => {
    await expect(load(undefined, { env: { OLLAMA_HOST: 'ftp://x' } })).rejects.toThrow(
      'OLLAMA_HOST: expected host, host:port or an http(s) URL',
    )
  })
})
