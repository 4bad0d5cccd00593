import { describe, expect, it } from 'vitest'
import { readBuiltInConfig, readResourceSchema } from '../../../runtime-node/built-in-config.ts'
import { type LoadRun, runCommandLine } from '../../../runtime-node/command-line.ts'
import type { RunSettings } from '../../../runtime-node/settings.ts'
import { createFakeSystem } from '../../support/fake-system.ts'

async function type(
  args: readonly string[],
  {
    env = {},
    result = async () => 0,
  }: { env?: Record<string, string>; result?: () => Promise<number> } = {},
) {
  const system = createFakeSystem({ env })
  const runs: RunSettings[] = []
  const load: LoadRun = async () => (settings) => {
    runs.push(settings)
    return result()
  }
  const code = await runCommandLine(args, system, load)
  return { code, runs, stdout: system.stdout.text(), stderr: system.stderr.text() }
}

describe('run', () => {
  it('takes a path', async () => {
    const { code, runs } = await type(['run', 'a b.yaml'])
    expect(code).toBe(0)
    expect(runs).toMatchObject([{ configPath: 'a b.yaml' }])
  })

  it('takes a dash for a path', async () => {
    expect((await type(['run', '-'])).runs).toMatchObject([{ configPath: '-' }])
  })

  it('takes global flags before and after its name', async () => {
    const before = await type(['--state-home', '/s', 'run'])
    const after = await type(['run', '--state-home', '/s'])
    const joined = await type(['run', '--state-home=/s'])
    for (const { runs } of [before, after, joined]) {
      expect(runs).toMatchObject([{ homes: { state: '/s' } }])
    }
  })

  it('takes all its flags', async () => {
    const { runs } = await type([
      'run',
      '--simulate',
      '--simulate-rate=10',
      '--simulate-delay=1s',
      '--host=0.0.0.0',
      '--port=8080',
      '--admin-host=::',
      '--admin-port=9090',
      '--drain-timeout=5s',
      '--log-format=json',
      '--debug',
      '--run-id=0',
    ])
    expect(runs).toMatchObject([
      {
        simulation: { rate: 10, delayMs: 1000 },
        hosts: ['0.0.0.0'],
        port: 8080,
        adminHosts: ['::'],
        adminPort: 9090,
        drainTimeoutMs: 5000,
        logFormat: 'json',
        debug: true,
        runId: '0',
      },
    ])
  })

  it('passes on the exit code', async () => {
    expect((await type(['run'], { result: async () => 1 })).code).toBe(1)
  })

  it('tells what went wrong in one line, without a trace', async () => {
    const { code, stdout, stderr } = await type(['run'], {
      result: () => Promise.reject(new Error('port 1975 is in use')),
    })
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error running: port 1975 is in use\n',
    })
  })

  it('prints the built-in configuration before any other work', async () => {
    const { code, stdout, stderr, runs } = await type(
      ['run', '--show-default', '--port=nonsense'],
      {
        env: { AIGW_DEBUG: 'nonsense' },
      },
    )
    expect({ code, stderr, runs }).toEqual({ code: 0, stderr: '', runs: [] })
    expect(stdout).toBe(readBuiltInConfig())
  })
})

describe('a command line that does not parse', () => {
  it.each([
    [[], 'expected one of "run", "validate", "schema", "healthcheck", "version", "download-envoy"'],
    [['walk'], 'unexpected argument walk'],
    [['--foo'], 'unknown flag --foo'],
    [['run', '--foo'], 'unknown flag --foo'],
    [['run', '-x'], 'unknown flag -x'],
    [['run', '--foo=bar'], 'unknown flag --foo'],
    [['run', '--admin-prot', '1'], 'unknown flag --admin-prot, did you mean "--admin-port"?'],
    [['run', '--port'], '--port: missing value'],
    [['run', '--port', 'http'], '--port: expected a port number but got "http"'],
    [['run', 'a.yaml', 'b.yaml'], 'unexpected argument b.yaml'],
    [['run', '--run-id', '../x'], /^run: invalid run id "..\/x"/],
    [['healthcheck', 'x'], 'unexpected argument x'],
    [['healthcheck', '--admin-port', 'x'], '--admin-port: expected a port number but got "x"'],
    [['version', 'x'], 'unexpected argument x'],
    [['validate', 'a.yaml', 'b.yaml'], 'unexpected argument b.yaml'],
    [['validate', '--format', 'xml'], '--format: expected "text", "json" or "sarif" but got "xml"'],
    [
      ['run', '--mcp-config', 'x', '--mcp-json', '{}'],
      'run: mcp-config and mcp-json are mutually exclusive',
    ],
    [
      ['run', '--mcp-config', 'x'],
      'run: --mcp-config is not supported yet: no MCP endpoint is served',
    ],
    [['run', '--mcp-json', 'x'], 'run: --mcp-json is not supported yet: no MCP endpoint is served'],
  ] as const)('exits with 80: %j', async (args, message) => {
    const { code, stdout, stderr, runs } = await type(args)
    expect({ code, stdout, runs }).toEqual({ code: 80, stdout: '', runs: [] })
    expect(stderr).toMatch(/^aigw: error: .*\n$/)
    const said = stderr.slice('aigw: error: '.length).trimEnd()
    if (typeof message === 'string') expect(said).toBe(message)
    else expect(said).toMatch(message)
  })

  it('exits with 80 for a variable that makes no sense', async () => {
    const { code, stderr } = await type(['run'], { env: { AIGW_DEBUG: 'maybe' } })
    expect(code).toBe(80)
    expect(stderr).toBe('aigw: error: AIGW_DEBUG: expected true or false but got "maybe"\n')
  })
})

describe('the other commands', () => {
  it.each([[['version']], [['--version']]])('print a version: %j', async (args) => {
    const { code, stdout, stderr } = await type(args)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'Envoy AI Gateway CLI: dev\n',
      stderr: '',
    })
  })

  it('print the schema that the first line of the built-in configuration names', async () => {
    const { code, stdout } = await type(['schema'])
    expect(code).toBe(0)
    expect(stdout).toBe(readResourceSchema())
    expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('json-schema') })
    const [first, ...head] = readBuiltInConfig().split('\n', 8)
    const [, file] = /\$schema=(\S+)$/.exec(first ?? '') ?? []
    expect(head.join('\n')).toContain(`aigw schema > ${file} `)
  })

  it('have nothing to download', async () => {
    expect(await type(['download-envoy'])).toMatchObject({
      code: 0,
      stdout: 'nothing to download\n',
    })
  })

  it('tell when no gateway is up', async () => {
    const { code, stdout, stderr } = await type(['healthcheck', '--admin-port', '1'])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Health check failed: nothing listens on 127.0.0.1:1\n',
    })
  })

  it.each([[['--help']], [['run', '--help']], [['healthcheck', '-h']], [['version', '--help']]])(
    'print their usage on stdout: %j',
    async (args) => {
      const { code, stdout, stderr } = await type(args)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(/^Usage: aigw/)
    },
  )

  it('name every command in the usage', async () => {
    const { stdout } = await type(['--help'])
    for (const name of ['run', 'validate', 'schema', 'healthcheck', 'version', 'download-envoy']) {
      expect(stdout).toContain(`  ${name}`)
    }
  })
})
