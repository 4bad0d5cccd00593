// From the text of a configuration to what a provider is asked: what rules, selectors, weights and limits come to together.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createGateway } from '../../src/gateway.ts'
import { json, scriptedProvider } from '../support/scripted-provider.ts'
import { complete, load, messages, resource, route, toA } from '../unit/config/support.ts'

const builtIn = readFileSync(resolve(import.meta.dirname, '../../defaults/aigw.yaml'), 'utf8')

function serve(text: string, env: Readonly<Record<string, string>> = {}) {
  const result = load(text, { env })
  if (result.spec === undefined) throw new Error(messages(result, 'error').join('\n'))
  const provider = scriptedProvider(json({ choices: [] }))
  const { fetch } = createGateway({ config: result.spec, fetch: provider.fetch })
  const ask = (model: string, headers: Record<string, string> = {}) =>
    fetch(
      new Request('http://gateway/v1/chat/completions', {
        method: 'POST',
        headers,
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
      }),
    )
  return { ask, fetch, seen: provider.seen }
}

describe('the built-in configuration', () => {
  const env = { TARS_API_KEY: 'tars-key', OPENAI_API_KEY: 'openai-key' }
  it.each([
    ['qwen3:0.6b', {}, '127.0.0.1'],
    ['gpt-4o-mini', {}, 'api.openai.com'],
    ['anything', {}, 'api.openai.com'],
    ['gpt-4o-mini', { 'aigw-backend-selector': 'tars' }, 'api.router.tetrate.ai'],
    ['gpt-4o-mini', { 'aigw-backend-selector': 'ollama' }, '127.0.0.1'],
    ['qwen3:0.6b', { 'aigw-backend-selector': 'openai' }, 'api.openai.com'],
    ['qwen3:0.6b', { 'aigw-backend-selector': 'nobody' }, '127.0.0.1'],
  ])(
    'asks for %s with %j at %s, and keeps the selector to itself',
    async (model, headers, host) => {
      const { ask, seen } = serve(builtIn, env)
      expect((await ask(model, headers)).status).toBe(200)
      expect(seen.map(({ url }) => url.hostname)).toEqual([host])
      expect(seen[0]?.headers).not.toHaveProperty('aigw-backend-selector')
    },
  )
})

describe('a rule without a backend to choose', () => {
  it.each([
    ['names none', { backendRefs: [] }],
    ['gives every one the weight 0', { backendRefs: [{ name: 'a', weight: 0 }] }],
  ])('answers 500 where it %s', async (_, rule) => {
    const { ask, seen } = serve(complete(route([rule])))
    const answer = await ask('m')
    expect(answer.status).toBe(500)
    expect(answer.headers.get('x-aigw-error')).toBe('no_backend')
    expect(seen).toEqual([])
  })
})

describe('the longest body', () => {
  const policy = (bufferLimit: string) =>
    resource('ClientTrafficPolicy', 'limit', {
      spec: {
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gw' }],
        connection: { bufferLimit },
      },
    })
  const mebi = 1024 * 1024

  it.each([
    ['50 MiB where nothing is said', [], 50 * mebi],
    ['32 KiB where a policy says so', [policy('32Ki')], 32 * 1024],
  ])('is %s', async (_, more, limit) => {
    const { fetch, seen } = serve(complete(route([toA]), ...more))
    const send = (length: number) => {
      const start = '{"model":"m","messages":[],"pad":"'
      const body = `${start}${'x'.repeat(length - start.length - 2)}"}`
      return fetch(new Request('http://gateway/v1/chat/completions', { method: 'POST', body }))
    }
    expect((await send(limit)).status).toBe(200)
    expect((await send(limit + 1)).status).toBe(413)
    expect(seen).toHaveLength(1)
  })
})
