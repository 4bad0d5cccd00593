import { describe, expect, it } from 'vitest'
import { parseOllamaHost, withOllamaHost } from '../../../runtime-node/ollama-host.ts'
import type { GatewaySpec } from '../../../src/config/config.ts'

describe('parseOllamaHost', () => {
  it.each([
    ['ollama', 'ollama', 11434, false],
    ['ollama:9000', 'ollama', 9000, false],
    [':9000', '127.0.0.1', 9000, false],
    ['0.0.0.0', '127.0.0.1', 11434, false],
    ['0.0.0.0:9000', '127.0.0.1', 9000, false],
    ['[::]:9000', '::1', 9000, false],
    ['::1', '::1', 11434, false],
    ['[fd00::7]:9000', 'fd00::7', 9000, false],
    ['http://ollama', 'ollama', 80, false],
    ['http://host.docker.internal:11434', 'host.docker.internal', 11434, false],
    ['https://ollama.example', 'ollama.example', 443, true],
    ['HTTPS://ollama.example:8443/path', 'ollama.example', 8443, true],
    [' "ollama:9000" ', 'ollama', 9000, false],
  ])('reads %j', (text, host, port, secure) => {
    expect(parseOllamaHost(text)).toEqual({ host, port, secure })
  })

  it.each(['', ' ', 'ftp://x', 'a:b', 'a:99999', 'user:secret@host', 'unix:///run/x'])(
    'refuses %j',
    (text) => {
      expect(parseOllamaHost(text)).toBeUndefined()
    },
  )
})

describe('withOllamaHost', () => {
  const backend = {
    name: 'default/ollama',
    schema: { name: 'OpenAI' },
    endpoints: [{ kind: 'ip', host: '127.0.0.1', port: 11434 }],
    connectTimeoutMs: 10_000,
  } as const
  const spec: GatewaySpec = {
    listeners: [],
    routes: [],
    costs: [],
    backends: { 'default/ollama': backend, 'default/openai': { ...backend, name: 'openai' } },
  }

  it('moves the Ollama backend and nothing else', () => {
    const moved = withOllamaHost(spec, { host: 'ollama', port: 9000, secure: false })
    expect(moved.backends['default/ollama']).toEqual({
      ...backend,
      endpoints: [{ kind: 'fqdn', host: 'ollama', port: 9000 }],
    })
    expect(moved.backends['default/openai']).toBe(spec.backends['default/openai'])
  })

  it('speaks TLS where the URL says so', () => {
    const moved = withOllamaHost(spec, { host: 'o.example', port: 443, secure: true })
    expect(moved.backends['default/ollama']?.tls).toEqual({ hostname: 'o.example' })
  })

  it('knows an address from a name', () => {
    const moved = withOllamaHost(spec, { host: 'fd00::7', port: 1, secure: false })
    expect(moved.backends['default/ollama']?.endpoints[0]?.kind).toBe('ip')
  })

  it('leaves a configuration without Ollama alone', () => {
    const without = { ...spec, backends: {} }
    expect(withOllamaHost(without, { host: 'x', port: 1, secure: false })).toBe(without)
  })
})
