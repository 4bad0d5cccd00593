import { describe, expect, it } from 'vitest'
import { hello, helloStream, testGateway } from '../support/ask.ts'
import { apiKey, backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import {
  chatChunks,
  completion,
  json,
  scriptedProvider,
  stream,
} from '../support/scripted-provider.ts'

function gateway(
  one: Parameters<typeof backend>[1] = {},
  reference: Parameters<typeof ref>[1] = {},
  answer = json(completion('Hello')),
) {
  const provider = scriptedProvider(answer)
  const run = testGateway({
    config: gatewaySpec([backend('one', one)], [rule([], [ref('one', reference)])]),
    fetch: provider.fetch,
  })
  return { ...run, sent: () => provider.seen[0]?.headers ?? {}, provider }
}

describe('headers to the provider', () => {
  it("leave out what is the connection's, the gateway's, or Envoy's own", async () => {
    const run = gateway()
    await run.chat(hello, {
      headers: {
        connection: 'x-of-this-hop',
        'x-of-this-hop': '1',
        'keep-alive': '1',
        te: 'gzip',
        'transfer-encoding': 'chunked',
        'proxy-authorization': 'p',
        upgrade: 'h2c',
        expect: '100-continue',
        'x-ai-eg-model': 'spoofed',
        'x-ai-eg-upstream-host': 'spoofed',
        'x-ai-eg-original-path': 'spoofed',
        'x-aigw-anything': 'spoofed',
        'x-envoy-original-path': 'spoofed',
        'x-gateway-destination-endpoint': 'spoofed',
        'x-simulate': 'status=429',
      },
    })
    expect(Object.keys(run.sent()).sort()).toEqual([
      'accept-encoding',
      'content-type',
      'x-forwarded-host',
    ])
    // A transport that plays a provider is told all the same.
    expect(run.provider.seen[0]?.init.trouble).toBe('status=429')
  })

  it('pass all else on, credentials too, where the backend has none of its own', async () => {
    const run = gateway()
    await run.chat(hello, {
      headers: { authorization: 'Bearer mine', cookie: 'a=b', 'user-agent': 'test', 'x-any': '1' },
    })
    expect(run.sent()).toMatchObject({
      authorization: 'Bearer mine',
      cookie: 'a=b',
      'user-agent': 'test',
      'x-any': '1',
    })
  })

  it("keep a client's credentials from a backend that has its own", async () => {
    const run = gateway({ auth: apiKey('own-key') })
    await run.chat(hello, {
      headers: {
        authorization: 'Bearer mine',
        'x-api-key': 'mine',
        'api-key': 'mine',
        'x-goog-api-key': 'mine',
        'x-amz-date': 'mine',
        cookie: 'mine',
      },
    })
    expect(run.sent()['authorization']).toBe('Bearer own-key')
    expect(JSON.stringify(run.sent())).not.toContain('mine')
  })

  it('name the host that the client asked', async () => {
    const run = gateway()
    await run.chat(hello)
    expect(run.sent()['x-forwarded-host']).toBe('localhost:1975')
    const proxied = gateway()
    await proxied.chat(hello, { headers: { 'x-forwarded-host': 'edge.test' } })
    expect(proxied.sent()['x-forwarded-host']).toBe('edge.test, localhost:1975')
  })

  it('carry a credential of the request no further', async () => {
    const run = gateway({
      auth: {
        type: 'APIKey',
        override: { header: 'x-tenant-key', fallbackToConfigured: false },
      },
    })
    await run.chat(hello, { headers: { 'x-tenant-key': 'tenant' } })
    expect(run.sent()['authorization']).toBe('Bearer tenant')
    expect(run.sent()['x-tenant-key']).toBeUndefined()
    const absent = await run.chat(hello)
    expect(absent.status).toBe(401)
    expect(await absent.json()).toEqual({
      type: 'error',
      error: { type: 'Unauthorized', code: '401', message: 'missing upstream credential' },
    })
  })

  it("take the backend's mutation and the route's, which wins", async () => {
    const run = gateway(
      {
        headerMutation: {
          set: [
            { name: 'x-both', value: 'backend' },
            { name: 'x-backend', value: '1' },
            { name: 'x-unwanted', value: 'backend' },
          ],
          remove: ['x-client'],
        },
      },
      {
        headerMutation: {
          set: [
            { name: 'x-both', value: 'route' },
            { name: 'x-ai-eg-model', value: 'ignored' },
          ],
          remove: ['x-unwanted'],
        },
      },
    )
    await run.chat(hello, { headers: { 'x-client': '1', 'X-Both': 'client' } })
    const sent = run.sent()
    expect(sent).toMatchObject({ 'x-both': 'route', 'x-backend': '1' })
    for (const name of ['x-client', 'x-unwanted', 'x-ai-eg-model']) {
      expect(sent[name]).toBeUndefined()
    }
  })
})

describe('bytes to the provider', () => {
  const odd = '{ "messages" : [ ],\n\t"temperature":1.0, "seed":12345678901234567890, "model":"m" }'

  it('are those of the client where nothing has to change', async () => {
    const run = gateway()
    await run.chat(odd)
    expect(run.provider.seen[0]?.text).toBe(odd)
  })

  it('change in the model alone where it is overridden', async () => {
    const run = gateway({}, { modelNameOverride: 'other "one"' })
    await run.chat(odd)
    expect(run.provider.seen[0]?.text).toBe(odd.replace('"m"', '"other \\"one\\""'))
  })

  it('change where a body mutation says so, after removals', async () => {
    const run = gateway(
      { bodyMutation: { set: [{ path: 'a.b', value: '1' }], remove: ['temperature'] } },
      { bodyMutation: { set: [{ path: 'a.b', value: 'two' }], remove: [] } },
    )
    await run.chat(odd)
    expect(run.provider.seen[0]?.text).toBe(
      '{ "messages" : [ ],\n\t"seed":12345678901234567890, "model":"m" ,"a":{"b":"two"}}',
    )
  })

  it('ask a stream for its usage where something counts it', async () => {
    const provider = scriptedProvider(stream({ chunks: chatChunks(['x']) }))
    const costs = [{ metadataKey: 'tokens', type: 'TotalToken' as const }]
    const run = testGateway({
      config: gatewaySpec([backend('one')], [rule([exact('x-ai-eg-model', 'm')], [ref('one')])], {
        costs,
      }),
      fetch: provider.fetch,
    })
    await (await run.chat('{"model":"m","stream": true}')).text()
    expect(provider.seen[0]?.text).toBe(
      '{"model":"m","stream": true,"stream_options":{"include_usage":true}}',
    )
    await (
      await run.chat('{"model":"m","stream":true,"stream_options": {"include_usage": false}}')
    ).text()
    expect(provider.seen[1]?.text).toBe(
      '{"model":"m","stream":true,"stream_options": {"include_usage": true}}',
    )
    const asked = '{"model":"m","stream":true,"stream_options":{"include_usage":true }}'
    await (await run.chat(asked)).text()
    expect(provider.seen[2]?.text).toBe(asked)
    // Counting on one route is counting.
    const spec = gatewaySpec([backend('one')], [rule([], [ref('one')])])
    const routed = testGateway({
      config: { ...spec, routes: spec.routes.map((route) => ({ ...route, costs })) },
      fetch: provider.fetch,
    })
    await (await routed.chat('{"model":"m","stream":true}')).text()
    expect(provider.seen.pop()?.text).toContain('"include_usage":true')
    const unary = '{"model":"m"}'
    await run.chat(unary)
    expect(provider.seen[3]?.text).toBe(unary)
  })
})

describe('bytes to the client', () => {
  it.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['what is no UTF-8', [0x7b, 0x22, 0xff, 0xc3, 0x22, 0x3a, 0x31, 0x7d]],
    ['text in any language', [...new TextEncoder().encode('{"a":"\u00fc\u2603"}')]],
  ])("are the provider's: %s", async (_, bytes) => {
    const body = Uint8Array.from(bytes)
    const run = gateway({}, {}, () => {
      return new Response(body, { headers: { 'content-type': 'application/json' } })
    })
    const response = await run.chat(hello)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(body)
  })
})

describe('headers to the client', () => {
  it("are the provider's, without those of the connection and without cookies", async () => {
    const answer = json(completion('Hello'), 200, {
      'x-ratelimit-remaining-requests': '9',
      'openai-processing-ms': '5',
      'set-cookie': 'a=b',
      'alt-svc': 'h3=":443"',
      'keep-alive': 'timeout=5',
      connection: 'keep-alive',
      'x-envoy-upstream-service-time': '3',
    })
    const response = await gateway({}, {}, answer).chat(hello)
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9')
    expect(response.headers.get('openai-processing-ms')).toBe('5')
    for (const name of [
      'set-cookie',
      'alt-svc',
      'keep-alive',
      'connection',
      'x-envoy-upstream-service-time',
    ]) {
      expect(response.headers.get(name)).toBeNull()
    }
  })

  it('say nothing of a length or an encoding that no longer holds', async () => {
    const answer = json(completion('Hello'), 200, {
      'content-encoding': 'gzip',
      'content-length': '3',
    })
    const response = await gateway({}, {}, answer).chat(hello)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('content-length')).not.toBe('3')
    expect(await response.json()).toEqual(completion('Hello'))
  })

  it('give a stream no length', async () => {
    const answer = stream({ chunks: chatChunks(['x']), headers: { 'content-length': '5' } })
    const response = await gateway({}, {}, answer).chat(helloStream)
    expect(response.headers.get('content-length')).toBeNull()
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('cache-control')).toBe('no-cache')
  })

  it("keep a provider's JSON error byte for byte, and wrap any other", async () => {
    const own = '{ "error": {"message":"no",  "code":null} }'
    const kept = await gateway({}, {}, json(own, 400)).chat(hello)
    expect([kept.status, await kept.text()]).toEqual([400, own])
    const html = () =>
      new Response('<h1>"Bad"</h1>', { status: 502, headers: { 'content-type': 'text/html' } })
    const wrapped = await gateway({}, {}, html).chat(hello)
    expect(wrapped.status).toBe(502)
    expect(wrapped.headers.get('content-type')).toBe('application/json')
    expect(await wrapped.json()).toEqual({
      type: 'error',
      error: { type: 'OpenAIBackendError', code: '502', message: '<h1>"Bad"</h1>' },
    })
  })
})
