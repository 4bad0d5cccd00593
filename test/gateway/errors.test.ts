import { describe, expect, it } from 'vitest'
import { errorOf, hello, testGateway } from '../support/ask.ts'
import { apiKey, backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { completion, json, scriptedProvider } from '../support/scripted-provider.ts'

const provider = () => scriptedProvider(json(completion('Hello')))

function gateway(fetch = provider().fetch, maxRequestBytes?: number) {
  const spec = gatewaySpec(
    [
      backend('one'),
      backend('rerank', { schema: { name: 'Cohere' } }),
      backend('broken', { broken: 'its secret is missing' }),
      backend('keyless', { auth: { type: 'APIKey', missing: 'set TARS_API_KEY' } }),
      backend('later', { auth: { type: 'Unsupported', credential: 'GCPCredentials' } }),
    ],
    [
      rule([exact('x-ai-eg-model', 'm')], [ref('one')]),
      rule([exact('x-ai-eg-model', 'rerank')], [ref('rerank')]),
      rule([exact('x-ai-eg-model', 'broken')], [ref('broken')]),
      rule([exact('x-ai-eg-model', 'keyless')], [ref('keyless')]),
      rule([exact('x-ai-eg-model', 'later')], [ref('later')]),
      rule([exact('x-ai-eg-model', 'none')], []),
      rule(
        [exact('x-ai-eg-model', 'inherited')],
        [{ backend: 'constructor', weight: 1, priority: 0 }],
      ),
      rule([exact('x-ai-eg-model', 'off')], [ref('one', { weight: 0 })]),
    ],
  )
  return testGateway({
    config: spec,
    fetch,
    ...(maxRequestBytes === undefined ? {} : { maxRequestBytes }),
  })
}

const noRoute =
  'No matching route found. It is likely because the model specified in your request is not configured in the Gateway.'

describe('what the gateway refuses', () => {
  it('answers an unknown model with the exact sentence, as JSON or as plain text', async () => {
    const asked = { ...hello, model: 'unknown' }
    const response = await gateway().chat(asked)
    expect(response.status).toBe(404)
    expect(response.headers.get('x-aigw-error')).toBe('no_route')
    expect(await errorOf(response)).toEqual({
      type: 'invalid_request_error',
      code: 'model_not_found',
      message: noRoute,
      param: 'model',
    })
    const plain = await gateway().chat(asked, { headers: { accept: 'text/plain' } })
    expect(await plain.text()).toBe(noRoute)
  })

  it('answers in plain sentences where they are asked for, and only where Envoy does', async () => {
    const plain = testGateway({
      config: gatewaySpec([backend('one')], [rule([exact('x-ai-eg-model', 'm')], [ref('one')])]),
      errorForm: 'plain',
      maxRequestBytes: 1000,
      fetch: () => Promise.reject(new Error('refused')),
    })
    const said = async (body: unknown, path?: string) => {
      const response = await plain.chat(body, path === undefined ? {} : { path })
      const type = response.headers.get('content-type') ?? ''
      expect(response.headers.get('x-aigw-error')).not.toBeNull()
      return type.startsWith('text/plain') ? response.text() : type
    }
    expect(await said({ ...hello, model: 'unknown' })).toBe(noRoute)
    expect(await said(hello, '/v1/nothing')).toBe('unsupported path: /v1/nothing')
    expect(await said('x'.repeat(1001))).toBe('Payload Too Large')
    expect(await said(hello)).toContain('remote connection failure')
    expect(await said('{')).toBe('application/json')
  })

  it('answers an unsupported path before it looks for a route', async () => {
    const response = await gateway().chat(hello, { path: '/v1/nothing?x=1' })
    expect(response.status).toBe(404)
    expect((await errorOf(response)).message).toBe('unsupported path: /v1/nothing?x=1')
    const plain = await gateway().chat(hello, { path: '/health' })
    expect(await plain.text()).toBe('unsupported path: /health')
    expect(plain.headers.get('content-type')).toContain('text/plain')
  })

  it('refuses a host that no route serves, whatever it asks and whatever a header says', async () => {
    const spec = gatewaySpec([backend('one')], [rule([], [ref('one')])])
    const run = testGateway({
      config: { ...spec, routes: spec.routes.map((one) => ({ ...one, hostnames: ['a.test'] })) },
      fetch: provider().fetch,
    })
    const ask = (host: string, body: string) =>
      run.fetch(
        new Request(`http://${host}/v1/chat/completions`, {
          method: 'POST',
          body,
          headers: { 'x-forwarded-host': 'a.test' },
        }),
      )
    expect((await ask('A.test:1975', JSON.stringify(hello))).status).toBe(200)
    const refused = await ask('b.test', JSON.stringify(hello))
    expect(refused.status).toBe(404)
    expect(refused.headers.get('x-aigw-error')).toBe('unknown_host')
    expect(await errorOf(refused)).toEqual({
      type: 'NotFound',
      code: '404',
      message: 'no route serves the host b.test',
    })
    // Before its body or its path is looked at.
    expect((await ask('b.test', 'not JSON')).headers.get('x-aigw-error')).toBe('unknown_host')
    const lost = await run.fetch(new Request('http://b.test/v1/nothing'))
    expect(lost.headers.get('x-aigw-error')).toBe('unknown_host')
  })

  it('takes several slashes in a row for one', async () => {
    expect((await gateway().chat(hello, { path: '//v1//chat/completions' })).status).toBe(200)
    const list = await gateway().fetch(new Request('http://localhost/v1///models?x=//'))
    expect(list.status).toBe(200)
    const response = await gateway().chat(hello, { path: '//v1//nothing' })
    expect((await errorOf(response)).message).toBe('unsupported path: //v1//nothing')
  })

  it('takes neither a trailing slash nor another case for the same path', async () => {
    expect((await gateway().chat(hello, { path: '/v1/chat/completions/' })).status).toBe(404)
    expect((await gateway().chat(hello, { path: '/V1/chat/completions' })).status).toBe(404)
  })

  it.each(['.', '..'])('refuses a model that leads to another path: %s', async (name) => {
    const { fetch, seen } = provider()
    const run = testGateway({
      config: gatewaySpec(
        [backend('aws', { schema: { name: 'AWSBedrock' } })],
        [rule([], [ref('aws')])],
      ),
      fetch,
    })
    const response = await run.chat({ ...hello, model: name })
    expect(response.status).toBe(422)
    expect(seen).toEqual([])
  })

  it('says which method a path takes', async () => {
    const response = await gateway().fetch(new Request('http://localhost/v1/chat/completions'))
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    expect((await errorOf(response)).type).toBe('MethodNotAllowed')
  })

  it('answers 501 where no backend can serve the endpoint', async () => {
    const response = await gateway().chat({ ...hello, model: 'rerank' })
    expect(response.status).toBe(501)
    const error = await errorOf(response)
    expect(error.type).toBe('UnsupportedEndpoint')
    expect(error.message).toContain('/v1/chat/completions')
    expect(error.message).toContain('Cohere')
  })

  it('answers 401 with what to set, and makes no call, where a credential is missing', async () => {
    const { fetch, seen } = provider()
    const response = await gateway(fetch).chat({ ...hello, model: 'keyless' })
    expect(response.status).toBe(401)
    expect((await errorOf(response)).message).toBe('missing upstream credential: set TARS_API_KEY')
    expect(seen).toEqual([])
  })

  it('names the credential type that does not work yet', async () => {
    const response = await gateway().chat({ ...hello, model: 'later' })
    expect(response.status).toBe(501)
    expect((await errorOf(response)).message).toContain('GCPCredentials')
  })

  it('answers 503 where a backend is broken, and 500 where a rule has none to use', async () => {
    const broken = await gateway().chat({ ...hello, model: 'broken' })
    expect(broken.status).toBe(503)
    expect((await errorOf(broken)).message).toContain('its secret is missing')
    for (const model of ['none', 'off', 'inherited']) {
      const response = await gateway().chat({ ...hello, model })
      expect(response.status).toBe(500)
      expect((await errorOf(response)).message).toContain('no usable backend')
    }
  })

  it.each([
    // One in the loop over backends, one in the try itself.
    { random: () => fail('secret-of-the-bug') },
    {
      fetch: async () => ({
        ...(await provider().fetch('http://one.test/', request)),
        headers: { get: () => fail('secret-of-the-bug'), forEach() {} },
      }),
    },
  ])('never shows the text of a bug, and logs it', async (ports) => {
    const run = testGateway({
      config: gatewaySpec(
        [backend('one'), backend('two')],
        [rule([], [ref('one'), ref('two', { weight: 2 })])],
      ),
      fetch: provider().fetch,
      ...ports,
    })
    const response = await run.chat(hello)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret-of-the-bug')
    expect(run.logged.join()).toContain('secret-of-the-bug')
    expect(run.logged.join()).toContain('errors.test.ts')
  })
})

const fail = (message: string): never => {
  throw new Error(message)
}

const request = {
  method: 'POST' as const,
  headers: {},
  redirect: 'manual' as const,
  signal: new AbortController().signal,
}

describe('bad bodies', () => {
  const refused = async (
    body: string,
    path = '/v1/chat/completions',
    type = 'application/json',
  ) => {
    const { fetch, seen } = provider()
    const run = gateway(fetch)
    const response = await run.chat(body, { path, headers: { 'content-type': type } })
    expect(seen).toEqual([])
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
    return { status: response.status, error: await errorOf(response), run }
  }

  it.each([
    ['truncated JSON', '{"model":"m","messages":[{"role":"us', /expected a closing double quote/],
    ['an empty body', '', /empty/],
    ['blank text', '  \n ', /empty/],
    ['an array', '[]', /expected an object, got an array/],
    ['null', 'null', /expected an object, got null/],
    ['a string', '"x"', /expected an object, got a string/],
    ['a model that is no string', '{"model":7}', /model: expected a string, got a number/],
    [
      'a stream flag that is no boolean',
      '{"model":"m","stream":"yes"}',
      /stream: expected a boolean/,
    ],
    ['stream options that are no object', '{"model":"m","stream_options":[]}', /stream_options/],
    ['a control character in a string', '{"model":"m\u0000"}', /control character/],
    [
      'a thousand levels',
      `{"model":"m","x":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      /nested deeper/,
    ],
    ['100,000 levels', '['.repeat(100_000), /nested deeper/],
  ])('refuses %s with 400 that says where', async (_, body, message) => {
    const { status, error } = await refused(body)
    expect(status).toBe(400)
    expect(error).toMatchObject({ type: 'BadRequest', code: '400' })
    expect(error.message).toMatch(
      /^malformed request: failed to parse JSON for \/v1\/chat\/completions: /,
    )
    expect(error.message).toMatch(message)
  })

  it('refuses bytes that are not UTF-8', async () => {
    const { fetch } = provider()
    const response = await gateway(fetch).fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
        headers: { 'content-length': '5' },
      }),
    )
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain('UTF-8')
  })

  it('refuses a multipart body on a JSON endpoint', async () => {
    const { error } = await refused(
      '--x',
      '/v1/chat/completions',
      'Multipart/Form-Data; boundary=x',
    )
    expect(error.message).toBe('malformed request: multipart body not supported for this endpoint')
  })

  it('serves the next request as if nothing had been', async () => {
    const run = gateway()
    await run.chat('{')
    await run.chat('['.repeat(100_000))
    expect((await run.chat(hello)).status).toBe(200)
  })

  it('carries own __proto__ keys and huge numbers through as they are', async () => {
    const { fetch, seen } = provider()
    const body =
      '{"model":"m","__proto__":{"x":1},"seed":123456789012345678901234567890,"messages":[]}'
    expect((await gateway(fetch).chat(body)).status).toBe(200)
    expect(seen[0]?.text).toBe(body)
  })

  it('carries lone surrogates in escapes through as they are', async () => {
    const { fetch, seen } = provider()
    const body = '{"model":"m","messages":[{"role":"user","content":"\\ud800"}]}'
    expect((await gateway(fetch).chat(body)).status).toBe(200)
    expect(seen[0]?.text).toBe(body)
  })
})

describe('duplicate model keys', () => {
  it.each([
    '{"model":"other","messages":[],"model":"m"}',
    '{"mod\\u0065l":"other","messages":[],"model":"m"}',
    '{"model":"other","messages":[],"mod\\u0065l":"m"}',
  ])('route by the last and send that one alone: %s', async (body) => {
    const { fetch, seen } = provider()
    expect((await gateway(fetch).chat(body)).status).toBe(200)
    const sent = seen[0]?.text ?? ''
    expect(sent).not.toContain('other')
    expect(sent.match(/"mod(?:e|\\u0065)l"/g)).toHaveLength(1)
    expect(JSON.parse(sent)).toEqual({ model: 'm', messages: [] })
  })

  it('leave a body alone whose messages speak of a model', async () => {
    const { fetch, seen } = provider()
    const body =
      '{ "model" : "m", "messages":[{"role":"user","content":"\\"model\\" \\u00e9"}], "x":{"model":"y"}}'
    await gateway(fetch).chat(body)
    expect(seen[0]?.text).toBe(body)
  })
})

describe('the limit of a body', () => {
  it('refuses what says it is larger, without reading it', async () => {
    const response = await gateway(provider().fetch, 100).chat('x'.repeat(101))
    expect(response.status).toBe(413)
    expect((await errorOf(response)).message).toBe('Payload Too Large')
  })

  it('asks for nothing of a body whose length is too large, and believes no length', async () => {
    const ask = async (length: number, text: string) => {
      let pulled = 0
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled++
            controller.enqueue(new TextEncoder().encode(text))
            controller.close()
          },
        },
        { highWaterMark: 0 },
      )
      const response = await gateway(provider().fetch, 100).fetch(
        new Request('http://localhost/v1/chat/completions', {
          method: 'POST',
          body,
          headers: { 'content-length': String(length) },
          duplex: 'half',
        } as RequestInit), // Node's type lacks `duplex`.
      )
      return [response.status, pulled]
    }
    expect(await ask(101, '{}')).toEqual([413, 0])
    expect(await ask(2, ' '.repeat(101))).toEqual([413, 1])
  })

  it('takes exactly the limit', async () => {
    const text = JSON.stringify(hello)
    const run = gateway(provider().fetch, text.length)
    expect((await run.chat(text)).status).toBe(200)
    expect((await run.chat(`${text} `)).status).toBe(413)
  })

  const chunked = (chunks: number) => {
    let left = chunks
    let pulled = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++
        if (left-- === 0) controller.close()
        else controller.enqueue(new Uint8Array(64).fill(0x20))
      },
    })
    const request = new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit) // Node's type lacks `duplex`.
    return { request, pulled: () => pulled }
  }

  it('refuses a body without a length as soon as it is too large, though it never ends', async () => {
    const { request, pulled } = chunked(Number.POSITIVE_INFINITY)
    const response = await gateway(provider().fetch, 1000).fetch(request)
    expect(response.status).toBe(413)
    expect(pulled()).toBeLessThan(25)
  })

  it('waits for no more of a body when its client has gone', async () => {
    const client = new AbortController()
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"model":"m",'))
        client.abort()
        return new Promise(() => {})
      },
    })
    const init = { method: 'POST', body, duplex: 'half', signal: client.signal }
    const response = await gateway().fetch(
      new Request('http://localhost/v1/chat/completions', init as RequestInit),
    )
    expect((await errorOf(response)).message).toBe('malformed request: the body could not be read')
  })

  it('holds for what a compressed body unfolds to', async () => {
    const bomb = new Response(
      new Blob([new Uint8Array(1_000_000)]).stream().pipeThrough(new CompressionStream('gzip')),
    )
    const body = new Uint8Array(await bomb.arrayBuffer())
    const response = await gateway(provider().fetch, 10_000).fetch(
      new Request('http://localhost/v1/chat/completions', {
        method: 'POST',
        body,
        headers: { 'content-encoding': 'gzip', 'content-length': String(body.length) },
      }),
    )
    expect(response.status).toBe(413)
  })

  it('reads a compressed body, and refuses an encoding it cannot undo', async () => {
    const { fetch, seen } = provider()
    const zipped = new Response(
      new Blob([JSON.stringify(hello)]).stream().pipeThrough(new CompressionStream('gzip')),
    )
    const ask = (encoding: string, body: Uint8Array<ArrayBuffer>) =>
      gateway(fetch).fetch(
        new Request('http://localhost/v1/chat/completions', {
          method: 'POST',
          body,
          headers: { 'content-encoding': encoding },
        }),
      )
    const body = new Uint8Array(await zipped.arrayBuffer())
    expect((await ask('gzip', body)).status).toBe(200)
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual(hello)
    expect(seen[0]?.headers['content-encoding']).toBeUndefined()
    for (const unknown of ['br', 'gzip, gzip', 'constructor', '__proto__']) {
      const refused = await ask(unknown, body)
      expect([refused.status, refused.headers.get('accept-encoding')]).toEqual([
        415,
        'gzip, deflate',
      ])
    }
    expect((await ask('gzip', new Uint8Array([1, 2, 3]))).status).toBe(400)
  })
})

describe('a request without a model', () => {
  it('takes it from the header, and writes it into the body', async () => {
    const { fetch, seen } = provider()
    const run = gateway(fetch)
    const body = '{"messages":[]}'
    expect((await run.chat(body, { headers: { 'x-ai-eg-model': 'm' } })).status).toBe(200)
    expect(seen[0]?.text).toBe('{"messages":[],"model":"m"}')
    expect((await run.chat(body)).status).toBe(404)
  })

  it('never lets the header win over the body', async () => {
    const response = await gateway().chat(hello, { headers: { 'x-ai-eg-model': 'keyless' } })
    expect(response.status).toBe(200)
  })
})

it('leaves a credential in no error', async () => {
  const spec = gatewaySpec(
    [backend('one', { auth: apiKey('planted-secret-1') })],
    [rule([], [ref('one')])],
  )
  const run = testGateway({
    config: spec,
    fetch: scriptedProvider(async () => {
      throw new TypeError('fetch failed')
    }).fetch,
  })
  const response = await run.chat(hello, { headers: { authorization: 'Bearer planted-secret-2' } })
  expect(response.status).toBe(503)
  expect(`${await response.text()} ${run.logged.join()}`).not.toContain('planted-secret')
})
