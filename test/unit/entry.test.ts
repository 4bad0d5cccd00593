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
    expect(createEntry()).toMatchObject({ idleTimeout: 0 })
  })
})
