// Responses through the gateway: made, and asked for by id.
import { describe, expect, it } from 'vitest'
import { errorOf, testGateway } from '../support/ask.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { type Answer, json, scriptedProvider, stream } from '../support/scripted-provider.ts'

const model = (value: string) => exact('x-ai-eg-model', value)
const stored = { id: 'resp_1', object: 'response', status: 'completed', model: 'm-2026' }

function setUp(backends: readonly string[], ...answers: readonly Answer[]) {
  const provider = scriptedProvider(...answers)
  const gateway = testGateway({
    fetch: provider.fetch,
    config: gatewaySpec(
      backends.map((name) =>
        backend(name, {
          auth: { type: 'APIKey', key: `sk-${name}` },
          bodyMutation: { set: [{ path: 'user', value: '"u"' }], remove: [] },
        }),
      ),
      backends.map((name) => rule([model(name)], [ref(name)])),
    ),
  })
  const ask = (path: string, init: RequestInit = {}) =>
    gateway.fetch(new Request(`http://localhost:1975${path}`, init))
  return { ...gateway, provider, ask }
}

describe('a response that a provider keeps', () => {
  it.each([
    ['GET', '/v1/responses/resp_1', undefined],
    ['GET', '/v1/responses/resp_1/input_items?limit=2&order=asc', undefined],
    ['DELETE', '/v1/responses/resp_1', undefined],
    ['POST', '/v1/responses/resp_1/cancel', 0],
  ])('is asked for by %s %s at the sole backend', async (method, path, length) => {
    const { ask, provider, ended } = setUp(['one'], json(stored))
    const answer = await ask(path, { method })
    expect([answer.status, await answer.json()]).toEqual([200, stored])
    const [seen] = provider.seen
    expect(seen?.init.method).toBe(method)
    expect(`${seen?.url}`).toBe(`http://one.test${path}`)
    expect(seen?.init.body?.length).toBe(length)
    expect(seen?.headers.authorization).toBe('Bearer sk-one')
    expect(ended.map(({ outcome, usage }) => [outcome, usage])).toEqual([['complete', {}]])
  })

  it('is asked for where the header says', async () => {
    const { ask, provider } = setUp(['one', 'two'], json(stored))
    const answer = await ask('/v1/responses/resp_1', { headers: { 'x-ai-eg-model': 'two' } })
    expect(answer.status).toBe(200)
    expect(provider.seen[0]?.url.host).toBe('two.test')
    expect(provider.seen[0]?.headers['x-ai-eg-model']).toBeUndefined()
  })

  it('is not looked for at random', async () => {
    const { ask, provider } = setUp(['one', 'two'], json(stored))
    const answer = await ask('/v1/responses/resp_1')
    const { code, message } = await errorOf(answer)
    expect([answer.status, code]).toEqual([404, 'model_not_found'])
    expect(message).toContain('in the header x-ai-eg-model')
    expect(provider.seen).toEqual([])
  })

  it('streams again, and counts nothing again', async () => {
    const event = `event: response.completed\ndata: ${JSON.stringify({
      type: 'response.completed',
      sequence_number: 4,
      response: { ...stored, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } },
    })}\n\n`
    const { ask, ended } = setUp(['one'], stream({ chunks: [event] }))
    const answer = await ask('/v1/responses/resp_1?stream=true&starting_after=3')
    expect(await answer.text()).toBe(event)
    expect(ended.map(({ outcome, usage }) => [outcome, usage])).toEqual([['complete', {}]])
  })
})

describe('methods', () => {
  it.each([
    ['GET', '/v1/responses', 'POST'],
    ['POST', '/v1/responses/resp_1', 'GET, DELETE'],
    ['GET', '/v1/responses/resp_1/cancel', 'POST'],
    ['PUT', '/v1/chat/completions', 'POST'],
  ])('%s %s is refused: use %s', async (method, path, allow) => {
    const answer = await setUp(['one'], json({})).ask(path, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow])
  })

  it('a WebSocket is refused with the status at which clients go on with HTTP', async () => {
    const headers = { upgrade: 'WebSocket', connection: 'upgrade' }
    const answer = await setUp(['one'], json({})).ask('/v1/responses', { headers })
    expect(answer.status).toBe(426)
  })

  it('a response cannot be called like an endpoint', async () => {
    const { chat, provider } = setUp(
      ['one'],
      json({ object: 'response.input_tokens', input_tokens: 3 }),
    )
    const body = { model: 'one', input: 'hi' }
    const answer = await chat(body, { path: '/v1/responses/input_tokens' })
    expect(await answer.json()).toMatchObject({ input_tokens: 3 })
    expect(provider.seen[0]?.text).toBe('{"model":"one","input":"hi","user":"u"}')
  })
})

describe('a response that fails before it has said anything', () => {
  const failed = `data: ${JSON.stringify({
    type: 'response.failed',
    sequence_number: 1,
    response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down.' } },
  })}\n\n`
  const created = 'data: {"type":"response.created","sequence_number":0,"response":{}}\n\n'

  it('is asked for elsewhere', async () => {
    const done = 'data: {"type":"response.completed","response":{}}\n\n'
    const provider = scriptedProvider(
      stream({ chunks: [created, failed] }),
      stream({ chunks: [done] }),
    )
    const { chat } = testGateway({
      fetch: provider.fetch,
      config: gatewaySpec(
        [backend('one'), backend('two')],
        [
          rule([], [ref('one'), ref('two', { priority: 1 })], {
            retry: retryOn(['retriable-status-codes'], {
              numAttemptsPerPriority: 1,
              httpStatusCodes: [429],
            }),
          }),
        ],
      ),
    })
    const answer = await chat({ model: 'm', input: 'hi', stream: true }, { path: '/v1/responses' })
    expect([answer.status, await answer.text()]).toEqual([200, done])
  })

  it('is an error with its status', async () => {
    const { chat } = setUp(['one'], stream({ chunks: [created, failed] }))
    const answer = await chat(
      { model: 'one', input: 'hi', stream: true },
      { path: '/v1/responses' },
    )
    expect([answer.status, (await errorOf(answer)).message]).toEqual([429, 'Slow down.'])
  })
})
