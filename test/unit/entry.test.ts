import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import entry, { createEntry } from '../../src/entry.ts'
import type { LogLevel } from '../../src/ports.ts'
import { completion, json, scriptedProvider } from '../support/scripted-provider.ts'

const config = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: aigw }
spec: { controllerName: gateway.envoyproxy.io/gatewayclass-controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: aigw, namespace: default }
spec:
  gatewayClassName: aigw
  listeners: [{ name: http, protocol: HTTP, port: 1975 }]
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIGatewayRoute
metadata: { name: all, namespace: default }
spec:
  parentRefs: [{ name: aigw, kind: Gateway, group: gateway.networking.k8s.io }]
  rules:
    - matches: [{ headers: [{ type: Exact, name: x-ai-eg-model, value: "\${MODEL:-m}" }] }]
      backendRefs: [{ name: openai }]
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: AIServiceBackend
metadata: { name: openai, namespace: default }
spec:
  schema: { name: OpenAI }
  backendRef: { name: openai, kind: Backend, group: gateway.envoyproxy.io }
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: { name: openai, namespace: default }
spec:
  endpoints: [{ fqdn: { hostname: provider.test, port: 80 } }]
---
apiVersion: aigateway.envoyproxy.io/v1beta1
kind: BackendSecurityPolicy
metadata: { name: openai, namespace: default }
spec:
  targetRefs: [{ group: aigateway.envoyproxy.io, kind: AIServiceBackend, name: openai }]
  type: APIKey
  apiKey: { secretRef: { name: openai } }
---
apiVersion: v1
kind: Secret
metadata: { name: openai, namespace: default }
type: Opaque
stringData:
  apiKey: "\${OPENAI_API_KEY:-none}"
`

const missingBackend = config.replace('backendRefs: [{ name: openai }]', 'backendRefs: 7')

const chat = (model = 'm') =>
  new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })

const quiet = () => {}

interface Refusal {
  readonly type: string
  readonly error: {
    readonly type: string
    readonly message: string
    readonly diagnostics: readonly { readonly file: string; readonly line: number }[]
  }
}

async function readRefusal(response: Response): Promise<Refusal> {
  expect(response.status).toBe(500)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-aigw-error')).toBe('invalid_configuration')
  // The cast: each test looks at what it has read.
  return (await response.json()) as Refusal
}

beforeEach(() => {
  vi.stubEnv('AIGW_CONFIG', undefined)
})

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe('an entry with a configuration', () => {
  it('serves what the bindings say, and fills the text from the same bindings', async () => {
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({ fetch: provider.fetch, log: quiet })
    const response = await fetch(chat('big'), {
      AIGW_CONFIG: config,
      MODEL: 'big',
      OPENAI_API_KEY: 'sk-of-bindings',
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual(completion('hello'))
    expect(provider.seen[0]?.url.href).toBe('http://provider.test/v1/chat/completions')
    expect(provider.seen[0]?.headers['authorization']).toBe('Bearer sk-of-bindings')
  })

  it('is made at the first request and kept: later bindings change nothing', async () => {
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({ fetch: provider.fetch, log: quiet })
    const first = await fetch(chat(), { AIGW_CONFIG: config, OPENAI_API_KEY: 'first' })
    const second = await fetch(chat(), { OPENAI_API_KEY: 'second' })
    expect([first.status, second.status]).toEqual([200, 200])
    expect(provider.seen[1]?.headers['authorization']).toBe('Bearer first')
  })

  it('reads the variables of the process where the second argument is a server or a connection', async () => {
    vi.stubEnv('AIGW_CONFIG', config)
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-process')
    for (const argument of [undefined, { remoteAddr: { hostname: '::1' } }, new Map(), 'text']) {
      const provider = scriptedProvider(json(completion('hello')))
      const { fetch } = createEntry({ fetch: provider.fetch, log: quiet })
      expect((await fetch(chat(), argument)).status).toBe(200)
      expect(provider.seen[0]?.headers['authorization']).toBe('Bearer sk-of-process')
    }
  })

  it('says at its first request what the runtime cannot do, and what a variable does not do', async () => {
    const lines: [LogLevel, string][] = []
    const text = config.replace(
      'endpoints: [{ fqdn: { hostname: provider.test, port: 80 } }]',
      'endpoints: [{ unix: { path: /run/provider.sock } }]',
    )
    const { fetch } = createEntry({
      config: text,
      log: (level, message) => lines.push([level, message]),
    })
    const response = await fetch(chat(), { AIGW_SIMULATE: '1' })
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('this runtime reaches no Unix sockets')
    const line = text.split('\n').findIndex((one) => one.includes('unix')) + 1
    expect(lines).toContainEqual([
      'warn',
      expect.stringMatching(
        new RegExp(`^config:${line}:\\d+: warning: .* this runtime reaches no Unix sockets`),
      ),
    ])
    expect(lines).toContainEqual(['warn', expect.stringContaining('AIGW_SIMULATE is set')])
  })

  it('leaves to a transport and a reader that a program hands in what they can do', async () => {
    const lines: string[] = []
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({
      config: config
        .replace('fqdn: { hostname: provider.test, port: 80 }', 'unix: { path: /run/x.sock }')
        .replace(
          /metadata: (.*)\ntype: Opaque\nstringData:\n.*$/m,
          'metadata: { name: openai, annotations: { substitution.aigw.run/file/apiKey: key } }',
        ),
      fetch: provider.fetch,
      readText: (path) => (path === 'key' ? 'sk-of-file' : undefined),
      log: (level, message) => lines.push(`${level} ${message}`),
    })
    expect((await fetch(chat())).status).toBe(200)
    expect(provider.seen[0]?.headers['authorization']).toBe('Bearer sk-of-file')
    expect(lines).toEqual([])
  })

  it('signs with the AWS keys of its variables where a policy names none', async () => {
    const provider = scriptedProvider(json({ output: { message: { content: [] } } }))
    const { fetch } = createEntry({
      config: config
        .replace('schema: { name: OpenAI }', 'schema: { name: AWSBedrock }')
        .replace('type: APIKey', 'type: AWSCredentials')
        .replace(
          'apiKey: { secretRef: { name: openai } }',
          'awsCredentials: { region: eu-west-1 }',
        ),
      fetch: provider.fetch,
      log: quiet,
    })
    await fetch(chat(), { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret' })
    expect(provider.seen[0]?.headers['authorization']).toContain('Credential=AKID/')
  })

  it('answers the path of a health check', async () => {
    const policy = `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: { name: client }
spec:
  targetRefs: [{ group: gateway.networking.k8s.io, kind: Gateway, name: aigw }]
  healthCheck: { path: /up }
`
    const { fetch } = createEntry({ config: config + policy, log: quiet })
    expect((await fetch(new Request('http://localhost/up'))).status).toBe(200)
    expect((await fetch(new Request('http://localhost/upper'))).status).toBe(404)
  })

  it('prints to the console from the level that the configuration has', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const levelled = (level: string) => `${config}---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyProxy
metadata: { name: proxy }
spec: { logging: { level: { default: ${level} } } }
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: unused }
spec: { controllerName: gateway.envoyproxy.io/gatewayclass-controller, bogus: 1 }
`
    const withProxy = (level: string) =>
      levelled(level).replace(
        'gatewayClassName: aigw',
        'gatewayClassName: aigw\n  infrastructure: { parametersRef: { group: gateway.envoyproxy.io, kind: EnvoyProxy, name: proxy } }',
      )
    await createEntry({ config: withProxy('error') }).fetch(chat('unknown'))
    expect(warn).not.toHaveBeenCalled()
    await createEntry({ config: withProxy('warn') }).fetch(chat('unknown'))
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('bogus'))
    warn.mockRestore()
  })

  it('prefers a binding to a variable of the process, and leaves out bindings that are no text', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-of-process')
    vi.stubEnv('MODEL', 'of-process')
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({ fetch: provider.fetch, log: quiet })
    const response = await fetch(chat('of-process'), {
      AIGW_CONFIG: config,
      OPENAI_API_KEY: 'sk-of-bindings',
      MODEL: { get: () => 'a store' },
    })
    expect(response.status).toBe(200)
    expect(provider.seen[0]?.headers['authorization']).toBe('Bearer sk-of-bindings')
  })

  it('takes the text of a module in place of the variable', async () => {
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({ config, fetch: provider.fetch, log: quiet })
    const response = await fetch(chat(), { AIGW_CONFIG: 'not: used', OPENAI_API_KEY: 'k' })
    expect(response.status).toBe(200)
    expect(provider.seen[0]?.headers['authorization']).toBe('Bearer k')
  })

  it('logs what is merely to be noted, and serves', async () => {
    const lines: [LogLevel, string][] = []
    const provider = scriptedProvider(json(completion('hello')))
    const { fetch } = createEntry({
      config: `${config}---\napiVersion: v1\nkind: Secret\nmetadata: { name: odd, namespace: default }\nbogus: 1\n`,
      fetch: provider.fetch,
      log: (level, message) => lines.push([level, message]),
    })
    expect((await fetch(chat())).status).toBe(200)
    expect(lines).toContainEqual([
      'warn',
      expect.stringMatching(/^config:\d+:\d+: warning: .*bogus/),
    ])
  })

  it('answers 404 of its own where no route takes the model', async () => {
    const { fetch } = createEntry({ config, log: quiet })
    const response = await fetch(chat('unknown'))
    expect(response.status).toBe(404)
    expect(response.headers.get('x-aigw-error')).toBe('no_route')
  })

  it("sends with the runtime's own fetch, looked up at each call, without Bun's time limit", async () => {
    const { fetch } = createEntry({ config, log: quiet })
    expect((await fetch(chat('unknown'))).status).toBe(404)
    const send = vi.fn(async () => Response.json(completion('hello')))
    vi.stubGlobal('fetch', send)
    expect((await fetch(chat())).status).toBe(200)
    expect(send).toHaveBeenCalledWith(
      'http://provider.test/v1/chat/completions',
      expect.objectContaining({ method: 'POST', timeout: false }),
    )
  })
})

describe('an entry that cannot serve', () => {
  it('says what to set where there is no configuration', async () => {
    for (const env of [undefined, {}, { AIGW_CONFIG: ' \n' }, { AIGW_CONFIG: { get() {} } }]) {
      const { error } = await readRefusal(await createEntry({ log: quiet }).fetch(chat(), env))
      expect(error.type).toBe('InvalidConfiguration')
      expect(error.message).toContain('set AIGW_CONFIG')
    }
  })

  it('names variable, line and fault, and holds no secret', async () => {
    const { fetch } = createEntry({ log: quiet })
    const env = { AIGW_CONFIG: missingBackend, OPENAI_API_KEY: 'sk-secret' }
    const refusal = await readRefusal(await fetch(chat(), env))
    const line = missingBackend.split('\n').findIndex((text) => text.includes('backendRefs: 7')) + 1
    expect(refusal.error.message).toMatch(new RegExp(`^AIGW_CONFIG:${line}:\\d+: error: `))
    expect(refusal.error.message).toContain('backendRefs')
    expect(refusal.error.diagnostics[0]).toMatchObject({ file: 'AIGW_CONFIG', line })
    expect(JSON.stringify(refusal)).not.toContain('sk-secret')
  })

  it('names a fault of YAML itself by its place', async () => {
    const { error } = await readRefusal(
      await createEntry({ config: 'kind: [\n', log: quiet }).fetch(chat()),
    )
    expect(error.message).toMatch(/^config:\d+:\d+: error: /)
  })

  it('gives every request the same answer, and each its own body', async () => {
    const { fetch } = createEntry({ config: 'kind: [\n', log: quiet })
    const [first, second] = [await fetch(chat()), await fetch(chat())]
    expect(await second.text()).toBe(await first.text())
  })

  it('answers where the variables of the process may not be read', async () => {
    const guarded = new Proxy(process, {
      get: (target, name) => {
        if (name === 'env') throw new Error('NotCapable: requires env access')
        return Reflect.get(target, name)
      },
    })
    vi.stubGlobal('process', guarded)
    const response = await createEntry({ log: quiet }).fetch(chat())
    vi.unstubAllGlobals()
    expect((await readRefusal(response)).error.message).toContain('set AIGW_CONFIG')
  })
})

describe('the module', () => {
  it('exports by default what a runtime serves', async () => {
    const { error } = await readRefusal(await entry.fetch(chat(), { AIGW_CONFIG: '' }))
    expect(error.message).toContain('set AIGW_CONFIG')
  })

  it("tells Bun's server not to cut silent streams, and says nothing of it elsewhere", () => {
    expect(Object.keys(createEntry())).toEqual(['fetch'])
    vi.stubGlobal('Bun', {})
    expect(createEntry()).toMatchObject({ idleTimeout: 0, hostname: '127.0.0.1' })
    vi.stubEnv('AIGW_HOST', '0.0.0.0')
    expect(createEntry()).toMatchObject({ hostname: '0.0.0.0' })
  })
})
