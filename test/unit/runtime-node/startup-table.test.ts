import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import {
  describeWideBind,
  formatListeningLine,
  formatStartupTable,
  readyLine,
  type Started,
} from '../../../runtime-node/startup-table.ts'
import type { AuthSpec, BackendSpec, GatewaySpec, RuleSpec } from '../../../src/config/config.ts'

function backend(name: string, rest: Partial<BackendSpec> = {}): BackendSpec {
  return {
    name: `default/${name}`,
    schema: { name: 'OpenAI' },
    endpoints: [{ kind: 'fqdn', host: `${name}.example`, port: 443 }],
    tls: {},
    connectTimeoutMs: 1,
    ...rest,
  }
}

function rule(model: string, ...names: string[]): RuleSpec {
  const match = { type: 'Exact', name: 'x-ai-eg-model', value: model } as const
  return {
    matches: [{ headers: [match] }],
    backends: names.map((name) => ({ backend: `default/${name}`, weight: 1, priority: 0 })),
    modelsOwnedBy: 'x',
  }
}

const spec: GatewaySpec = {
  listeners: [],
  costs: [],
  routes: [
    { name: 'default/main', hostnames: [], costs: [], rules: [rule('gpt-4o-mini', 'openai')] },
  ],
  backends: { 'default/openai': backend('openai') },
}

const started: Started = {
  shell: 'posix',
  spec,
  origin: { kind: 'built-in' },
  hosts: ['127.0.0.1', '::1'],
  adminHosts: ['127.0.0.1', '::1'],
  adminPort: 1064,
  listeners: [{ name: 'http', port: 1975 }],
  rootPrefix: '',
  simulated: false,
  uptimeMs: 183,
}

const plain = createColors(false)
const table = (changes: Partial<Started> = {}, colors = plain) =>
  formatStartupTable({ ...started, ...changes }, colors).join('\n')
const tableOf = (changes: Partial<GatewaySpec>) => table({ spec: { ...spec, ...changes } })

describe('the ready lines', () => {
  it('are the ones that wrappers wait for', () => {
    expect(readyLine).toBe('AI Gateway External Processor is ready')
    expect(formatListeningLine(started)).toBe(
      'Envoy AI Gateway listening on http://localhost:1975 (admin http://localhost:1064) after 0.2s',
    )
  })

  it.each([
    [0, '0.0s'],
    [49, '0.0s'],
    [50, '0.1s'],
    [3149, '3.1s'],
    [61_000, '61.0s'],
  ])('round %i ms to %s', (uptimeMs, seconds) => {
    expect(formatListeningLine({ ...started, uptimeMs })).toMatch(new RegExp(`after ${seconds}$`))
  })

  it('name the port of the first listener, and a host that reaches it', () => {
    const line = formatListeningLine({
      ...started,
      listeners: [
        { name: 'a', port: 8080 },
        { name: 'b', port: 9090 },
      ],
      hosts: ['10.0.0.7'],
      adminHosts: ['0.0.0.0'],
    })
    expect(line).toContain('listening on http://10.0.0.7:8080 (admin http://localhost:1064)')
  })
})

describe('the table', () => {
  it('shows listeners, routes and backends under each other', () => {
    expect(table()).toBe(
      [
        '',
        '  listener  http  127.0.0.1:1975, [::1]:1975',
        '  admin     http://localhost:1064/  requests as they come, in a browser',
        '  config    built in (aigw run --show-default prints it)',
        '  route     main  model gpt-4o-mini  → openai',
        '  backend   openai  OpenAI  https://openai.example:443  needs no credential',
        '',
        'More providers: set OPENAI_API_KEY, ANTHROPIC_API_KEY, AZURE_OPENAI_API_KEY or OPENAI_BASE_URL.',
        '',
        'Try it:',
        "  curl http://localhost:1975/v1/chat/completions -H 'content-type: application/json' -d " +
          `'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Say hello."}]}'`,
        '',
      ].join('\n'),
    )
  })

  it('names the variables that made the built-in configuration another one', () => {
    const origin = { kind: 'built-in', variables: ['OPENAI_API_KEY', 'OLLAMA_HOST'] } as const
    expect(table({ origin })).toContain(
      '  config    built in, with OPENAI_API_KEY, OLLAMA_HOST (aigw run --show-config prints it)\n',
    )
    expect(table({ origin })).not.toContain('More providers')
  })

  it.each<[string, AuthSpec | undefined, string]>([
    ['a key', { type: 'APIKey', key: 'k' }, 'credential found'],
    [
      'no key',
      { type: 'APIKey', missing: 'set OPENAI_API_KEY' },
      'no credential: set OPENAI_API_KEY',
    ],
    [
      'a key that does not count',
      { type: 'APIKey', key: 'NOT_A_REAL_KEY', missing: 'set OPENAI_API_KEY' },
      'no credential: set OPENAI_API_KEY',
    ],
    [
      'keys of the clients',
      { type: 'APIKey', override: { header: 'x-key', fallbackToConfigured: false } },
      'credential: from request header x-key',
    ],
    ['the AWS chain', { type: 'AWSCredentials', region: 'r' }, 'credential: AWS default chain'],
    [
      'an AWS file',
      { type: 'AWSCredentials', region: 'r', file: { text: '', profile: 'p' } },
      'credential found',
    ],
    [
      'default credentials of Google',
      { type: 'GCPCredentials', project: 'p', region: 'r' },
      'credential: GCP application default credentials',
    ],
    [
      'a Google key file',
      { type: 'GCPCredentials', project: 'p', region: 'r', serviceAccount: '{}' },
      'credential found',
    ],
    [
      'an unknown type',
      { type: 'Unsupported', credential: 'AzureCredentials' },
      'AzureCredentials is not supported yet',
    ],
    ['none', undefined, 'needs no credential'],
  ])('says of a backend with %s what its credential is', (_, auth, text) => {
    const backends = { 'default/openai': backend('openai', auth && { auth }) }
    const line = tableOf({ backends })
      .split('\n')
      .find((candidate) => candidate.includes('  backend '))
    expect(line).toMatch(new RegExp(`  ${text}$`))
  })

  it('never shows a credential', () => {
    const auth = { type: 'APIKey', key: 'sk-very-secret' } as const
    const backends = { 'default/openai': backend('openai', { auth }) }
    expect(tableOf({ backends })).not.toContain('sk-very-secret')
  })

  it('says why a backend cannot be used', () => {
    const backends = { 'default/openai': backend('openai', { broken: 'secret x has no key' }) }
    expect(tableOf({ backends })).toContain('unusable: secret x has no key')
  })

  it('shows plain, literal and socket endpoints as they are', () => {
    const plainHttp = backend('six', {
      endpoints: [
        { kind: 'ip', host: 'fd00::7', port: 80 },
        { kind: 'unix', host: '/run/x.sock', port: 0 },
      ],
    })
    const { tls: _, ...six } = plainHttp
    expect(tableOf({ backends: { 'default/six': six } })).toContain(
      'http://[fd00::7]:80, unix:/run/x.sock',
    )
  })

  it('shows weights, overrides and fallbacks', () => {
    const split: RuleSpec = {
      ...rule('m'),
      backends: [
        { backend: 'default/late', weight: 1, priority: 1 },
        { backend: 'default/a', weight: 3, priority: 0 },
        { backend: 'other/b', weight: 1, priority: 0, modelNameOverride: 'm2' },
        { backend: 'default/never', weight: 0, priority: 0 },
      ],
    }
    const routes = [{ name: 'default/main', hostnames: ['a.example'], costs: [], rules: [split] }]
    expect(tableOf({ routes })).toContain(
      'model m at a.example  → a 75%, other/b as m2 25%, else late',
    )
  })

  it('shows a rule that serves nobody, and offers no command for it', () => {
    const refused = 'SecurityPolicy default/p asks for jwt'
    const rules = [{ ...rule('m', 'openai'), refused }]
    const table = tableOf({
      routes: [{ name: 'default/main', hostnames: [], costs: [], rules }],
    })
    expect(table).toContain(`model m  refused: ${refused}`)
    expect(table).not.toContain('curl')
  })

  it('shows matches by header, pattern and nothing', () => {
    const header = (name: string, type: 'Exact' | 'RegularExpression', value: string) => ({
      headers: [{ name, type, value }],
    })
    const rules: RuleSpec[] = [
      { ...rule('m', 'openai'), matches: [header('x-team', 'Exact', 'red')] },
      { ...rule('m', 'openai'), matches: [header('x-ai-eg-model', 'RegularExpression', '.*')] },
      { ...rule('m'), matches: [] },
    ]
    const text = tableOf({ routes: [{ name: 'default/main', hostnames: [], costs: [], rules }] })
    expect(text).toMatch(/x-team: red +→ openai/)
    expect(text).toMatch(/model \/\.\*\/ +→ openai/)
    expect(text).toMatch(/any request +→ nowhere/)
  })

  it('counts the rules of a long configuration instead of filling the screen', () => {
    const rules = Array.from({ length: 30 }, (_, index) => rule(`m${index}`, 'openai'))
    const text = tableOf({ routes: [{ name: 'default/main', hostnames: [], costs: [], rules }] })
    expect(text.match(/→ openai/g)).toHaveLength(24)
    expect(text).toContain('and 6 more rules')
  })

  it('says where the configuration came from', () => {
    expect(table({ origin: { kind: 'file', path: '/a b/c.yaml' } })).toContain(
      'config    /a b/c.yaml',
    )
    expect(table({ origin: { kind: 'stdin' } })).toContain('config    standard input')
  })

  it('says once that a simulated gateway is one, whatever the credentials', () => {
    const auth = { type: 'APIKey', missing: 'set X' } as const
    const backends = { 'default/openai': backend('openai', { auth }) }
    const text = table({ simulated: true, spec: { ...spec, backends } })
    expect(text.match(/nothing leaves this machine/g)).toHaveLength(1)
    expect(text).toMatch(/openai\.example:443 {2}simulated/)
    expect(text).not.toContain('set X')
    expect(text).toContain('curl ')
  })

  it('offers no command where none would work', () => {
    const auth = { type: 'APIKey', missing: 'set X' } as const
    const backends = { 'default/openai': backend('openai', { auth }) }
    expect(tableOf({ backends })).not.toContain('curl')
  })

  it('is coloured only when asked, with the same columns', () => {
    const coloured = table({}, createColors(true))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what colour is made of.
    const stripped = coloured.replace(/\u001b\[\d+m/g, '')
    expect(coloured).not.toBe(stripped)
    expect(stripped).toBe(table())
    expect(table()).not.toContain('\u001b')
  })
})

describe('a wide bind', () => {
  it.each(['0.0.0.0', '::', '10.0.0.7'])('to %s is worth a warning', (host) => {
    expect(describeWideBind({ ...started, hosts: ['127.0.0.1', host] })).toContain(
      'without client authentication',
    )
  })

  it('is none on loopback', () => {
    expect(describeWideBind(started)).toBeUndefined()
  })
})
