// The container files, held against the flags, paths, ports and variables that there really are.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runCommandLine } from '../../../runtime-node/command-line.ts'
import { resolveRunSettings } from '../../../runtime-node/settings.ts'
import { parseConfig } from '../../../src/config/parse.ts'
import { readOtelSettings } from '../../../src/observe/otel-settings.ts'
import { readHiding } from '../../../src/observe/spans/openinference/hiding.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

const root = join(import.meta.dirname, '../../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Instructions with their arguments; continued lines are joined. */
function readDockerfile(text: string) {
  return text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
      return { name, rest }
    })
}

const dockerfile = readDockerfile(read('defaults/Dockerfile'))
const instructions = (name: string) =>
  dockerfile.filter((one) => one.name === name).map(({ rest }) => rest)
const last = (name: string) => instructions(name).at(-1) ?? ''

function readEnv(path: string): Record<string, string> {
  const lines = read(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=')
      if (equals < 1) throw new Error(`${path}: ${line}`)
      return [line.slice(0, equals), line.slice(equals + 1)]
    }),
  )
}

describe('the Dockerfile', () => {
  it('copies what is there, and what the build needs', () => {
    const own = instructions('COPY').filter((rest) => !rest.startsWith('--from'))
    const sources = own.flatMap((rest) => rest.split(' ').slice(0, -1))
    expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([])
    for (const needed of ['package.json', 'package-lock.json', 'src', 'runtime-node', 'defaults']) {
      expect(sources).toContain(needed)
    }
    const ignored = read('defaults/Dockerfile.dockerignore').split('\n')
    expect(sources.filter((path) => ignored.includes(path))).toEqual([])
  })

  it('does not run as root', () => {
    expect(last('USER')).toBe('node')
  })

  it('starts and checks the command by arguments that it takes', async () => {
    const entry: string[] = JSON.parse(last('ENTRYPOINT'))
    const [, health = ''] = /CMD (\[.*\])$/.exec(last('HEALTHCHECK')) ?? []
    expect(JSON.parse(health).slice(0, 2)).toEqual(entry)
    const { bin } = JSON.parse(read('package.json'))
    expect(entry[1]).toBe(`/aigw/${bin.aigw}`)
    const taken: string[] = []
    const system = createFakeSystem()
    const start = async () => async () => {
      taken.push('run')
      return 0
    }
    expect(await runCommandLine(JSON.parse(last('CMD')), system, start)).toBe(0)
    expect(taken).toEqual(['run'])
    await runCommandLine([...JSON.parse(health).slice(2), '--help'], system)
    expect(system.stdout.text()).toContain('admin-port')
  })

  it('listens to the outside, on the ports that it exposes', () => {
    const env = Object.fromEntries(
      instructions('ENV').flatMap((rest) => rest.split(' ').map((pair) => pair.split('='))),
    )
    const settings = resolveRunSettings(undefined, {}, createFakeSystem({ env }))
    expect(settings.hosts).toEqual(['0.0.0.0'])
    expect(settings.adminHosts).toEqual(['0.0.0.0'])
    const text = read('defaults/aigw.yaml')
    const { spec } = parseConfig({ file: 'aigw.yaml', text, env: {} })
    const ports = [spec?.listeners[0]?.port, settings.adminPort]
    expect(last('EXPOSE').split(' ').map(Number)).toEqual(ports)
  })

  it('has a Node that the package takes', () => {
    const [, major = ''] = /node:(\d+)/.exec(last('FROM')) ?? []
    const [, least = ''] = />=(\d+)/.exec(JSON.parse(read('package.json')).engines.node) ?? []
    expect(Number(major)).toBeGreaterThanOrEqual(Number(least))
  })
})

describe('the compose file', () => {
  const { services } = parse(read('defaults/docker-compose-otel.yaml'))
  const { aigw } = services
  const profiles = readdirSync(join(root, 'defaults/env'))
    .flatMap((name) => /^otel-(\w+)\.env$/.exec(name)?.[1] ?? [])
    .toSorted()

  it('builds the Dockerfile that is there', () => {
    const { context, dockerfile: path } = aigw.build
    expect(existsSync(join(root, normalize(join('defaults', context, path))))).toBe(true)
  })

  it('runs with flags that there are', async () => {
    const start = async () => async () => 0
    expect(await runCommandLine(aigw.command, createFakeSystem(), start)).toBe(0)
  })

  it('publishes to this machine alone', () => {
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/)
    }
  })

  it('has a file of variables for each way to look', () => {
    expect(profiles).toEqual(['collector', 'console', 'phoenix', 'viewer'])
    // biome-ignore lint/suspicious/noTemplateCurlyInString: compose's own.
    expect(aigw.env_file).toEqual(['env/otel.env', 'env/otel-${AIGW_TELEMETRY:-console}.env'])
    const containers = Object.entries<{ profiles?: string[] }>(services)
    for (const [name, { profiles: own }] of containers) {
      if (own !== undefined)
        expect([name, own, profiles.includes(name)]).toEqual([name, [name], true])
    }
  })

  it.each([
    ['console', { traces: ['console'], metrics: ['console'], logs: ['console'] }],
    ['collector', { traces: ['grpc'], metrics: ['grpc'], logs: ['grpc'] }],
    ['viewer', { traces: ['grpc'], metrics: ['grpc'], logs: ['grpc'] }],
    ['phoenix', { traces: ['grpc'], metrics: [], logs: ['console'] }],
  ])('sends for %s what the gateway can send', (profile, wanted) => {
    const env = {
      ...readEnv('defaults/env/otel.env'),
      ...readEnv(`defaults/env/otel-${profile}.env`),
    }
    const settings = readOtelSettings(env)
    const kinds = (['traces', 'metrics', 'logs'] as const).map((signal) => [
      signal,
      settings[signal].map((one) => (one.kind === 'otlp' ? one.protocol : one.kind)),
    ])
    expect(Object.fromEntries(kinds)).toEqual(wanted)
    expect(settings.warnings).toEqual([])
    const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT']
    const host = endpoint === undefined ? undefined : new URL(endpoint).hostname
    const known = ['host.docker.internal', ...Object.keys(services), undefined]
    expect(known).toContain(host)
  })

  it('names no variable that nobody reads', () => {
    const flags = Object.keys(readEnv('defaults/env/otel.env')).filter((name) =>
      name.includes('HIDE'),
    )
    for (const flag of flags) {
      const { maxImageLength: _, ...hiding } = readHiding({ [flag]: 'true' })
      expect([flag, Object.values(hiding).filter(Boolean).length]).toEqual([flag, 1])
    }
    expect(flags).toHaveLength(12)
  })
})
