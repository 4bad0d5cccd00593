import { describe, expect, it } from 'vitest'
import { createAccessLogs } from '../../../runtime-node/access-logs.ts'
import type { LineSink } from '../../../runtime-node/line-sink.ts'
import type { AccessLogSpec, GatewaySpec } from '../../../src/config/config.ts'
import { hello, testGateway } from '../../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../../support/gateway-spec.ts'
import { completion, json, scriptedProvider } from '../../support/scripted-provider.ts'

function sink(): { -readonly [Name in keyof LineSink]: LineSink[Name] } & {
  readonly lines: string[]
} {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line), close: async () => {} }
}

function setUp(exporters: readonly { readonly kind: 'console' }[] = [{ kind: 'console' }]) {
  const stdout = sink()
  const stderr = sink()
  const logs = createAccessLogs({
    headerAttributes: [],
    settings: { logs: exporters },
    resource: {},
    stdout,
    stderr,
    log: () => {},
  })
  const run = testGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: scriptedProvider(json(completion('Hi'))).fetch,
    observers: [logs.observer],
  })
  const ask = async (headers: Record<string, string> = {}) =>
    (await run.chat(hello, { headers })).text()
  const configure = (accessLogs?: readonly AccessLogSpec[], costs: Costs = {}) =>
    logs.configure({
      backends: {},
      costs: [],
      routes: [],
      ...costs,
      ...(accessLogs === undefined ? {} : { accessLogs }),
    })
  return { logs, stdout, stderr, ask, configure }
}

type Costs = Partial<Pick<GatewaySpec, 'costs' | 'routes'>>

const setting = (matches: readonly string[], path = '/dev/stdout'): AccessLogSpec => ({
  matches,
  format: { kind: 'text', text: 'line\n' },
  sinks: [{ kind: 'file', path }],
})

describe('the access log of a run', () => {
  it('writes what the environment wants where the configuration says nothing', async () => {
    const run = setUp()
    await run.configure()
    await run.ask()
    await run.logs.close(100)
    expect(run.stdout.lines.map((line) => JSON.parse(line))).toMatchObject([{ response_code: 200 }])
    const silent = setUp([])
    await silent.configure()
    await silent.ask()
    await silent.logs.close(100)
    expect(silent.stdout.lines).toEqual([])
  })

  it('writes nothing where the configuration wants nothing', async () => {
    const run = setUp()
    await run.configure([])
    await run.ask()
    await run.logs.close(100)
    expect(run.stdout.lines).toEqual([])
  })

  it('writes to each sink, and follows a reload for what comes after it', async () => {
    const run = setUp()
    await run.configure([setting([])])
    await run.ask()
    await run.configure([setting([], '/dev/stderr')])
    await run.ask()
    await run.logs.close(100)
    expect([run.stdout.lines, run.stderr.lines]).toEqual([['line\n'], ['line\n']])
  })

  it.each([
    ["request.headers['x-a'] == 'b'", true],
    ["request.headers['x-a'] == 'c'", false],
    ["request.headers['x-none'] == 'b'", false],
    ["request.headers['x-a'].startsWith('b') && !(response.code >= 400)", true],
    ["request.headers['x-a'].contains('z') || response.code == 200", true],
    ["'x-a' in request.headers", true],
    ["'x-none' in request.headers", false],
    ["request.headers['x-a'] in ['a', 'b']", true],
    ["request.headers['x-ai-eg-model'] == 'm'", true],
    ["request.method == 'POST' && request.path.startsWith('/v1/chat')", true],
    ["request.path == '/v1/models'", false],
  ])('understands %s', async (expression, holds) => {
    const run = setUp()
    await run.configure([setting([expression])])
    await run.ask({ 'x-a': 'b' })
    await run.logs.close(100)
    expect(run.stdout.lines).toHaveLength(holds ? 1 : 0)
  })

  it.each(['request.headers[', 'foo == 1', "request.host == 'x'", "1 + 'a' == 2"])(
    'refuses %s by its name, and keeps what it had',
    async (expression) => {
      const run = setUp()
      await run.configure([setting([])])
      await expect(run.configure([setting([expression])])).rejects.toThrow(
        JSON.stringify(expression),
      )
      await run.ask()
      await run.logs.close(100)
      expect(run.stdout.lines).toEqual(['line\n'])
    },
  )

  it('goes on where a line cannot be written', async () => {
    const run = setUp()
    await run.configure([setting([])])
    const { write } = run.stdout
    let isFirst = true
    run.stdout.write = (line) => {
      if (!isFirst) return write(line)
      isFirst = false
      throw new Error('no')
    }
    await run.ask()
    await run.ask()
    await run.logs.close(100)
    expect(run.stdout.lines).toEqual(['line\n'])
  })

  it('computes costs, those of the route before those of all', async () => {
    const line: AccessLogSpec = {
      matches: [],
      format: {
        kind: 'json',
        fields: Object.fromEntries(
          ['both', 'general', 'under'].map((key) => [
            key,
            `%DYNAMIC_METADATA(io.envoy.ai_gateway:${key})%`,
          ]),
        ),
      },
      sinks: [{ kind: 'file', path: '/dev/stdout' }],
    }
    const cost = (metadataKey: string, cel: string) => ({ metadataKey, type: 'CEL', cel }) as const
    const [route] = gatewaySpec([backend('one')], [rule([], [ref('one')])]).routes
    if (route === undefined) throw new Error('no route')
    const run = setUp()
    await run.configure([line], {
      costs: [
        cost('both', 'output_tokens'),
        cost('general', 'input_tokens * 0.5 + 0.6'),
        // Below 0 for the one request, and not for the check: that is no number.
        cost('under', 'cached_input_tokens - input_tokens'),
      ],
      routes: [{ ...route, costs: [cost('both', 'input_tokens * 100u')] }],
    })
    await run.ask()
    await run.logs.close(100)
    expect(JSON.parse(run.stdout.lines[0] ?? '')).toEqual({ both: 500, general: 3, under: 0 })
  })
})
