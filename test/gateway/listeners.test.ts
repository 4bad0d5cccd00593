import { describe, expect, it } from 'vitest'
import type { GatewaySpec } from '../../src/config/config.ts'
import { createGateway } from '../../src/gateway.ts'

const client = { maxRequestBytes: 1000 }

function listModels(fetch: (request: Request) => Response | Promise<Response>) {
  return Promise.resolve(fetch(new Request('http://x/v1/models')))
    .then((response) => response.json())
    .then(({ data }: { data: { id: string }[] }) => data.map(({ id }) => id))
}

function specOf(models: Readonly<Record<string, readonly number[] | undefined>>): GatewaySpec {
  return {
    listeners: [
      { name: 'a', port: 1, client },
      { name: 'b', port: 2, client: { maxRequestBytes: 10 } },
    ],
    costs: [],
    backends: {},
    routes: Object.entries(models).map(([model, ports]) => ({
      name: `default/${model}`,
      hostnames: [],
      costs: [],
      ...(ports === undefined ? {} : { ports }),
      rules: [
        {
          matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: model }] }],
          backends: [],
          modelsOwnedBy: 'me',
        },
      ],
    })),
  }
}

describe('listeners on several ports', () => {
  const gateway = createGateway({ config: specOf({ both: undefined, one: [1], two: [2] }) })

  it('serve the routes that are attached to them', async () => {
    expect(await listModels(gateway.forPort(1))).toEqual(['both', 'one'])
    expect(await listModels(gateway.forPort(2))).toEqual(['both', 'two'])
    expect(await listModels(gateway.fetch)).toEqual(['both', 'one', 'two'])
  })

  it('limit bodies as their own policy says', async () => {
    const ask = (port: number) =>
      gateway.forPort(port)(
        new Request('http://x/v1/chat/completions', {
          method: 'POST',
          body: '{"model":"none","messages":[]}',
        }),
      )
    expect((await ask(1)).status).toBe(404)
    expect((await ask(2)).status).toBe(413)
  })

  it('serve what a reload brings, by the handler that they already have', async () => {
    const changing = createGateway({ config: specOf({ old: [1] }) })
    const fetch = changing.forPort(1)
    changing.reload(specOf({ new: [1], other: [2] }))
    expect(await listModels(fetch)).toEqual(['new'])
  })
})

describe('a reload', () => {
  const gcpSpec = (region: string): GatewaySpec => ({
    listeners: [],
    costs: [],
    backends: {
      'default/a': {
        name: 'default/a',
        schema: { name: 'GCPAnthropic' },
        endpoints: [{ kind: 'fqdn', host: 'vertex.example', port: 443 }],
        tls: {},
        auth: { type: 'GCPCredentials', project: 'p', region, serviceAccount: login },
        connectTimeoutMs: 1000,
      },
    },
    routes: [
      {
        name: 'default/r',
        hostnames: [],
        costs: [],
        rules: [
          {
            matches: [],
            backends: [{ backend: 'default/a', weight: 1, priority: 0 }],
            modelsOwnedBy: 'me',
          },
        ],
      },
    ],
  })
  const login = JSON.stringify({
    type: 'authorized_user',
    client_id: 'c',
    client_secret: 's',
    refresh_token: 'r',
  })

  /** How many tokens are fetched for two requests with a reload between them. */
  async function countTokens(before: string, after: string): Promise<number> {
    let tokens = 0
    const gateway = createGateway({
      config: gcpSpec(before),
      async fetch(url) {
        if (!url.includes('oauth2')) return new Response('{}', { status: 500 })
        tokens++
        return Response.json({ access_token: 't', expires_in: 3600, token_type: 'Bearer' })
      },
    })
    const ask = () =>
      gateway.fetch(
        new Request('http://x/v1/chat/completions', {
          method: 'POST',
          body: '{"model":"m","messages":[{"role":"user","content":"hi"}]}',
        }),
      )
    await ask()
    gateway.reload(gcpSpec(after))
    await ask()
    return tokens
  }

  it('keeps what an unchanged credential has cached', async () => {
    expect(await countTokens('us-east1', 'us-east1')).toBe(1)
    expect(await countTokens('us-east1', 'europe-west1')).toBe(2)
  })

  it('that throws leaves everything as it was', async () => {
    const gateway = createGateway({ config: specOf({ old: undefined }) })
    const bad = { ...specOf({ new: undefined }), routes: undefined } as unknown as GatewaySpec // What no compiler makes.
    expect(() => gateway.reload(bad)).toThrow()
    expect(await listModels(gateway.fetch)).toEqual(['old'])
  })

  it('keeps the date of models that have none of their own', async () => {
    let now = 1_000_000
    const gateway = createGateway({ config: specOf({ m: undefined }), now: () => now })
    const created = async () =>
      (await (await gateway.fetch(new Request('http://x/v1/models'))).json()).data[0].created
    expect(await created()).toBe(1000)
    now = 9_000_000
    gateway.reload(specOf({ m: undefined }))
    expect(await created()).toBe(1000)
  })
})
