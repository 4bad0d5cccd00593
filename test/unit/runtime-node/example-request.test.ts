import { describe, expect, it } from 'vitest'
import { findExample, formatCurl } from '../../../runtime-node/example-request.ts'
import type {
  AuthSpec,
  BackendSpec,
  GatewaySpec,
  HeaderMatchSpec,
  RouteSpec,
} from '../../../src/config/config.ts'

const missing: AuthSpec = { type: 'APIKey', missing: 'set X' }
const ready: AuthSpec = { type: 'APIKey', key: 'k' }

interface RuleSketch {
  readonly to: AuthSpec | undefined
  readonly match: readonly HeaderMatchSpec[]
}

function model(value: string, type: HeaderMatchSpec['type'] = 'Exact'): HeaderMatchSpec {
  return { type, name: 'x-ai-eg-model', value }
}

function specOf(sketches: readonly RuleSketch[], route: Partial<RouteSpec> = {}): GatewaySpec {
  const backends = sketches.map(({ to }, index): [string, BackendSpec] => [
    `b${index}`,
    {
      name: `b${index}`,
      schema: { name: 'OpenAI' },
      endpoints: [],
      connectTimeoutMs: 1,
      ...(to && { auth: to }),
    },
  ])
  const rules = sketches.map(({ match }, index) => ({
    matches: match.length === 0 ? [] : [{ headers: match }],
    backends: [{ backend: `b${index}`, weight: 1, priority: 0 }],
    modelsOwnedBy: 'x',
  }))
  return {
    listeners: [],
    costs: [],
    routes: [{ name: 'r', hostnames: [], costs: [], rules, ...route }],
    backends: Object.fromEntries(backends),
  }
}

describe('findExample', () => {
  it('is the first model whose backend can be used', () => {
    const spec = specOf([
      { to: missing, match: [model('a')] },
      { to: { type: 'Unsupported', credential: 'X' }, match: [model('b')] },
      { to: ready, match: [model('c')] },
      { to: undefined, match: [model('d')] },
    ])
    expect(findExample(spec, false)).toEqual({ model: 'c', headers: [] })
  })

  it('is the first model at all when everything is simulated', () => {
    const spec = specOf([{ to: missing, match: [model('a')] }])
    expect(findExample(spec, true)).toEqual({ model: 'a', headers: [] })
    expect(findExample(spec, false)).toBeUndefined()
  })

  it('prefers a request without further headers', () => {
    const selector: HeaderMatchSpec = { type: 'Exact', name: 'x-team', value: 'red' }
    const spec = specOf([
      { to: ready, match: [selector] },
      { to: ready, match: [model('c')] },
    ])
    expect(findExample(spec, false)).toEqual({ model: 'c', headers: [] })
  })

  it('adds the headers that a rule needs', () => {
    const selector: HeaderMatchSpec = { type: 'Exact', name: 'x-team', value: 'red' }
    expect(findExample(specOf([{ to: ready, match: [selector] }]), false)).toEqual({
      model: 'gpt-4o-mini',
      headers: [{ name: 'x-team', value: 'red' }],
    })
  })

  it('adds the host that a route needs', () => {
    const spec = specOf([{ to: ready, match: [model('c')] }], { hostnames: ['*.example'] })
    expect(findExample(spec, false)?.headers).toEqual([{ name: 'host', value: 'any.example' }])
  })

  it.each([
    ['.*', 'gpt-4o-mini'],
    ['claude-.*', 'claude-sonnet-4-5'],
    ['mistral.*', 'mistral:latest'],
  ])('finds a model for the pattern %s', (pattern, name) => {
    const spec = specOf([{ to: ready, match: [model(pattern, 'RegularExpression')] }])
    expect(findExample(spec, false)?.model).toBe(name)
  })

  it.each(['llama', '('])('gives up on the pattern %s', (pattern) => {
    const spec = specOf([{ to: ready, match: [model(pattern, 'RegularExpression')] }])
    expect(findExample(spec, false)).toBeUndefined()
  })

  it('gives up on headers that are matched by pattern', () => {
    const header: HeaderMatchSpec = { type: 'RegularExpression', name: 'x-team', value: '.*' }
    expect(findExample(specOf([{ to: ready, match: [header] }]), false)).toBeUndefined()
  })

  it('takes any model for a rule without matches', () => {
    expect(findExample(specOf([{ to: ready, match: [] }]), false)?.model).toBe('gpt-4o-mini')
  })
})

const odd = { model: "it's $HOME", headers: [{ name: 'x-team', value: "red's" }] }

it('quotes the command for a shell, whatever the names are', () => {
  expect(formatCurl('http://localhost:1975', odd, 'posix')).toBe(
    "curl http://localhost:1975/v1/chat/completions -H 'content-type: application/json' " +
      "-H 'x-team: red'\\''s' " +
      `-d '{"model":"it'\\''s $HOME","messages":[{"role":"user","content":"Say hello."}]}'`,
  )
})

it('quotes it as programs on Windows read it', () => {
  expect(formatCurl('http://localhost:1975', odd, 'cmd')).toBe(
    'curl http://localhost:1975/v1/chat/completions -H "content-type: application/json" ' +
      '-H "x-team: red\'s" ' +
      String.raw`-d "{\"model\":\"it's $HOME\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}"`,
  )
  const quoted = formatCurl('http://localhost:1975', { model: 'say "hi"', headers: [] }, 'cmd')
  expect(quoted).toContain(String.raw`\"say \\\"hi\\\"\"`)
})
