// Headers with `_` in their names: refused with a sentence that helps, dropped, or let through, as the listener's
// policy has it; with the listener of Node and, as on Workers and Deno, without one.
import { afterEach, describe, expect, it } from 'vitest'
import type { ClientPolicySpec } from '../../src/config/config.ts'
import { errorOf, hello, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { postOf } from '../support/raw-client.ts'
import { completion, json, scriptedProvider } from '../support/scripted-provider.ts'
import { type SocketGateway, startSocketGateway } from '../support/socket-gateway.ts'

const sentence =
  'Bad Request: the header name session_id contains an underscore; to let it pass, set headers.withUnderscoresAction: Allow in a ClientTrafficPolicy of the Gateway'
const headers = { session_id: 's-1', 'x-kept': 'k' }

type Action = ClientPolicySpec['underscores']

const specWith = (underscores: Action) =>
  gatewaySpec([backend('one')], [rule([], [ref('one')])], {
    listeners: [
      {
        name: 'http',
        port: 1975,
        client: { maxRequestBytes: 1e6, ...(underscores === undefined ? {} : { underscores }) },
      },
    ],
  })

function gateway(action?: Action) {
  const provider = scriptedProvider(json(completion('Hello')))
  const run = testGateway({ config: specWith(action), fetch: provider.fetch })
  return { ...run, provider }
}

describe('a header name with an underscore', () => {
  it('is refused, and the answer names it and what to set', async () => {
    const run = gateway()
    const answer = await run.chat(hello, { headers })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-aigw-error')).toBe('underscore_in_header')
    expect(answer.headers.get('connection')).toBe('close')
    expect(await errorOf(answer)).toEqual({ type: 'BadRequest', code: '400', message: sentence })
    expect(run.provider.seen).toHaveLength(0)
    expect(run.ended.map(({ status, error }) => [status, error?.code])).toEqual([
      [400, 'underscore_in_header'],
    ])
  })

  it.each([
    [
      '/anthropic/v1/messages',
      { type: 'error', error: { type: 'invalid_request_error', message: sentence } },
    ],
    ['//anthropic//v1/models', expect.objectContaining({ type: 'error' })],
    ['/cohere/v2/rerank', { message: sentence }],
  ])('is refused in the dialect of %s', async (path, expected) => {
    const answer = await gateway().chat(hello, { path, headers })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual(expected)
  })

  it('is refused in plain words where no API is, before the path is looked at', async () => {
    const answer = await gateway().chat(hello, { path: '/nowhere', headers })
    expect([answer.status, await answer.text()]).toEqual([400, sentence])
  })

  it('is named in a sentence of bounded length', async () => {
    const long = `${'a'.repeat(500)}_`
    const { message } = await errorOf(await gateway().chat(hello, { headers: { [long]: '1' } }))
    expect(message).toContain(` ${'a'.repeat(64)} contains`)
  })

  it('is taken off before anything reads it', async () => {
    const run = gateway('DropHeader')
    expect((await run.chat(hello, { headers })).status).toBe(200)
    const [sent] = run.provider.seen
    expect(sent?.headers).toHaveProperty('x-kept', 'k')
    expect(sent?.headers).not.toHaveProperty('session_id')
    const [exchange] = run.ended
    expect(exchange?.incoming.headers.get('session_id')).toBeNull()
    expect(exchange?.incoming.headers.get('x-kept')).toBe('k')
  })

  it('reaches the provider where it is allowed', async () => {
    const run = gateway('Allow')
    expect((await run.chat(hello, { headers })).status).toBe(200)
    expect(run.provider.seen[0]?.headers).toMatchObject({ session_id: 's-1', 'x-kept': 'k' })
  })

  it('is allowed from the reload on that says so', async () => {
    const run = gateway()
    expect((await run.chat(hello, { headers })).status).toBe(400)
    run.reload(specWith('Allow'))
    expect((await run.chat(hello, { headers })).status).toBe(200)
  })
})

describe('a header name with an underscore, at the listener of Node', () => {
  let open: SocketGateway | undefined
  afterEach(async () => {
    await open?.close()
    open = undefined
  })

  async function start(underscores?: Action) {
    const provider = scriptedProvider(json(completion('Hello')))
    open = await startSocketGateway({
      backends: [backend('one')],
      client: underscores === undefined ? {} : { underscores },
      fetch: provider.fetch,
    })
    return { provider, gateway: open, client: await open.connect() }
  }
  const post = (more: Record<string, string>) =>
    postOf(JSON.stringify(hello), { headers: { 'x-kept': 'k', ...more } })

  it('ends the connection with a 400', async () => {
    const { provider, gateway, client } = await start()
    client.send(post({ Session_Id: 's-1' }))
    const answer = await client.answer()
    await client.closed
    expect(client.answers()).toHaveLength(1)
    expect(answer.status).toBe(400)
    expect(answer.headers).toMatchObject({
      connection: 'close',
      'content-type': 'application/json',
      'x-aigw-error': 'underscore_in_header',
    })
    expect(JSON.parse(answer.body.toString())).toEqual({
      type: 'error',
      error: { type: 'BadRequest', code: '400', message: sentence },
    })
    expect(provider.seen).toHaveLength(0)
    expect(gateway.ended).toHaveLength(1)
  })

  it('is taken off before anything reads it, and the connection goes on', async () => {
    const { provider, gateway, client } = await start('DropHeader')
    client.send(post({ Session_Id: 's-1', 'x-ai-eg-model_': 'm' }))
    expect((await client.answer()).status).toBe(200)
    client.send(post({}))
    expect((await client.answer(2)).status).toBe(200)
    client.leave()
    for (const { headers } of provider.seen) {
      expect(headers).toHaveProperty('x-kept', 'k')
      expect(Object.keys(headers).filter((name) => name.includes('_'))).toEqual([])
    }
    // The rest of what the listener tells is still there.
    expect(gateway.ended[0]?.incoming.remoteAddress).toMatch(/^127\.0\.0\.1:/)
  })

  it('reaches the provider where it is allowed', async () => {
    const { provider, client } = await start('Allow')
    client.send(post({ Session_Id: 's-1' }))
    expect((await client.answer()).status).toBe(200)
    client.leave()
    expect(provider.seen[0]?.headers).toMatchObject({ session_id: 's-1' })
  })
})
