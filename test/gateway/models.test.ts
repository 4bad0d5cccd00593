import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/ask.ts'
import { backend, exact, gatewaySpec, ref, regex, rule } from '../support/gateway-spec.ts'

const created = Date.UTC(2025, 7, 18) / 1000
const model = (value: string) => exact('x-ai-eg-model', value)

const run = testGateway({
  config: gatewaySpec(
    [backend('one')],
    [
      rule([model('mistral:latest')], [ref('one')], { modelsCreatedAt: created }),
      rule([model('org/deep/model')], [ref('one')], {
        modelsOwnedBy: 'org',
        modelsCreatedAt: created,
      }),
      rule([model('third')], [ref('one')], { modelsCreatedAt: created }),
      rule([regex('x-ai-eg-model', '.*')], [ref('one')]),
    ],
  ),
})
const get = (path: string, method = 'GET') =>
  run.fetch(new Request(`http://localhost:1975${path}`, { method }))

describe('GET /v1/models', () => {
  it('lists exact names in order, with the keys in the order that clients of Envoy know', async () => {
    const response = await get('/v1/models')
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe(
      `{"data":[{"id":"mistral:latest","created":${created},"object":"model","owned_by":"Envoy AI Gateway"},` +
        `{"id":"org/deep/model","created":${created},"object":"model","owned_by":"org"},` +
        `{"id":"third","created":${created},"object":"model","owned_by":"Envoy AI Gateway"}],"object":"list"}`,
    )
  })

  it('says who serves each where that is asked for', async () => {
    const verbose = testGateway({
      config: gatewaySpec(
        [
          backend('one', { auth: { type: 'APIKey', key: 'sk-1' } }),
          backend('two', { schema: { name: 'AWSBedrock' } }),
        ],
        [
          rule(
            [model('m')],
            [ref('two', { priority: 1, modelNameOverride: 'amazon.nova-lite-v1:0' }), ref('one')],
          ),
        ],
      ),
    })
    const ask = async (path: string) =>
      (await verbose.fetch(new Request(`http://localhost${path}`))).json()
    const backends = [
      { name: 'default/one', schema: 'OpenAI', model: 'm', priority: 0, weight: 1 },
      {
        name: 'default/two',
        schema: 'AWSBedrock',
        model: 'amazon.nova-lite-v1:0',
        priority: 1,
        weight: 1,
      },
    ]
    expect((await ask('/v1/models?verbose=1')).data).toMatchObject([{ id: 'm', backends }])
    expect(await ask('/v1/models/m?verbose=1')).toMatchObject({ id: 'm', backends })
    expect((await ask('/anthropic/v1/models?verbose=1')).data).toMatchObject([{ backends }])
    expect(await ask('/anthropic/v1/models/m?verbose=1')).toMatchObject({ backends })
    for (const path of ['/v1/models', '/v1/models?verbose=0', '/anthropic/v1/models']) {
      expect(JSON.stringify(await ask(path))).not.toContain('backends')
    }
  })

  it('describes one, whose name may hold slashes, and knows no other', async () => {
    expect(await (await get('/v1/models/org/deep/model')).json()).toMatchObject({
      id: 'org/deep/model',
      owned_by: 'org',
    })
    expect(await (await get('/v1/models/mistral%3Alatest')).json()).toMatchObject({
      id: 'mistral:latest',
    })
    const missing = await get('/v1/models/nothing')
    expect(missing.status).toBe(404)
    expect(await missing.json()).toMatchObject({
      error: { type: 'invalid_request_error', code: 'model_not_found', param: 'model' },
    })
  })

  it('takes GET and HEAD only', async () => {
    expect((await get('/v1/models', 'HEAD')).status).toBe(200)
    const response = await get('/v1/models', 'POST')
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('gives an empty list where there is none', async () => {
    const empty = testGateway({ config: gatewaySpec([backend('one')], [rule([], [ref('one')])]) })
    const response = await empty.fetch(new Request('http://localhost/v1/models'))
    expect(await response.text()).toBe('{"data":[],"object":"list"}')
  })

  it('is not found on a host that no route serves', async () => {
    const spec = gatewaySpec([backend('one')], [rule([model('m')], [ref('one')])])
    const scoped = testGateway({
      config: {
        ...spec,
        routes: spec.routes.map((route) => ({ ...route, hostnames: ['a.test'] })),
      },
    })
    const ask = (host: string) => scoped.fetch(new Request(`http://${host}/v1/models`))
    const refused = await ask('b.test')
    expect(refused.status).toBe(404)
    expect(refused.headers.get('x-aigw-error')).toBe('unknown_host')
    expect((await ask('a.test:1975')).status).toBe(200)
  })
})

describe('GET /anthropic/v1/models', () => {
  const page = async (query = '') => (await get(`/anthropic/v1/models${query}`)).json()

  it("lists in Anthropic's form", async () => {
    expect(await page()).toEqual({
      data: ['mistral:latest', 'org/deep/model', 'third'].map((id) => ({
        id,
        type: 'model',
        display_name: id,
        created_at: '2025-08-18T00:00:00Z',
      })),
      first_id: 'mistral:latest',
      has_more: false,
      last_id: 'third',
    })
  })

  it('pages forwards and backwards', async () => {
    expect(await page('?limit=2')).toMatchObject({ has_more: true, last_id: 'org/deep/model' })
    expect(await page('?limit=2&after_id=org/deep/model')).toMatchObject({
      has_more: false,
      first_id: 'third',
    })
    expect(await page('?limit=1&before_id=org/deep/model')).toMatchObject({
      has_more: false,
      first_id: 'mistral:latest',
    })
    expect(await page('?limit=1&before_id=third')).toMatchObject({
      has_more: true,
      first_id: 'org/deep/model',
      last_id: 'org/deep/model',
    })
  })

  it.each(['x', '0', '1001', '1.5'])('refuses the limit %s, in its own dialect', async (limit) => {
    const response = await get(`/anthropic/v1/models?limit=${limit}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: 'limit: expected a number from 1 to 1000' },
    })
  })

  it('describes one', async () => {
    expect(await (await get('/anthropic/v1/models/third')).json()).toMatchObject({ id: 'third' })
  })

  it.each([
    ['/anthropic/v1/models/none', 'GET', 404, 'not_found_error'],
    ['/anthropic/v1/models', 'POST', 405, 'invalid_request_error'],
    ['/anthropic/v1/nothing', 'GET', 404, 'not_found_error'],
  ])('refuses %s %s in its own dialect', async (path, method, status, type) => {
    const response = await get(path, method)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      type: 'error',
      error: { type, message: expect.any(String) },
    })
  })

  it('is refused in its own dialect on a host that no route serves', async () => {
    const spec = gatewaySpec([backend('one')], [rule([model('m')], [ref('one')])])
    const scoped = testGateway({
      config: {
        ...spec,
        routes: spec.routes.map((route) => ({ ...route, hostnames: ['a.test'] })),
      },
    })
    const response = await scoped.fetch(new Request('http://b.test/anthropic/v1/models'))
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { type: 'not_found_error' } })
  })
})
