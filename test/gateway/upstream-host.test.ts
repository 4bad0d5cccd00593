// Which host a provider is asked as, on the wire and in a signature.
import { afterEach, describe, expect, it } from 'vitest'
import type { EndpointSpec } from '../../src/config/config.ts'
import { hello, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { openai } from '../support/provider-dialects.ts'
import { startRawProvider, wholeAnswer } from '../support/raw-provider.ts'
import { completion, json, scriptedProvider } from '../support/scripted-provider.ts'
import { localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

/** `Host` and `x-forwarded-host` as a provider on this machine reads them. */
async function seenBy(endpoint: Partial<EndpointSpec>, headers: Record<string, string> = {}) {
  const provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
  const { port } = provider
  const gateway = await startSocketGateway({
    backends: [
      localBackend('only', port, {
        endpoints: [{ kind: 'ip', host: '127.0.0.1', port, ...endpoint }],
      }),
    ],
  })
  open.push(provider, gateway)
  expect((await gateway.ask(hello, headers)).status).toBe(200)
  const seen = provider.requests[0]
  const hosts = seen?.headerLines.filter((line) => /^host:/i.test(line))
  expect(hosts).toHaveLength(1)
  return { host: seen?.headers['host'], forwarded: seen?.headers['x-forwarded-host'], port }
}

describe('the host that a provider is asked as', () => {
  it('is its address and port, never what the client asked', async () => {
    const { host, forwarded, port } = await seenBy({})
    expect(host).toBe(`127.0.0.1:${port}`)
    expect(forwarded).toBe('localhost')
  })

  it('is its name', async () => {
    const { host, port } = await seenBy({ kind: 'fqdn', host: 'localhost' })
    expect(host).toBe(`localhost:${port}`)
  })

  it("is the endpoint's host name where it has one", async () => {
    expect((await seenBy({ hostname: 'models.internal' })).host).toBe('models.internal')
  })

  it("is no header of the client's", async () => {
    const { host, port } = await seenBy({}, { 'x-forwarded-host': 'spoofed.test' })
    expect(host).toBe(`127.0.0.1:${port}`)
  })
})

describe('the host in a signature', () => {
  const bedrock = 'bedrock-runtime.eu-west-1.amazonaws.com'
  const sign = async (endpoint: EndpointSpec, host?: string) => {
    const provider = scriptedProvider(json(completion('Hello')))
    const set = host === undefined ? [] : [{ name: 'host', value: host }]
    const run = testGateway({
      config: gatewaySpec(
        [
          backend('aws', {
            endpoints: [endpoint],
            headerMutation: { set, remove: [] },
            auth: {
              type: 'AWSCredentials',
              region: 'us-east-1',
              file: {
                text: '[default]\naws_access_key_id=A\naws_secret_access_key=B\n',
                profile: 'default',
              },
            },
          }),
        ],
        [rule([], [ref('aws')])],
      ),
      fetch: provider.fetch,
    })
    await run.chat(hello)
    const headers = provider.seen[0]?.headers
    return { authorization: headers?.['authorization'], host: headers?.['host'] }
  }

  it('is the one that is sent', async () => {
    const plain = await sign({ kind: 'fqdn', host: bedrock, port: 80 })
    expect(plain).toEqual({ authorization: expect.stringContaining('Signature='), host: undefined })
    // Signed for another region, and so for another host, unless the name counts.
    const named = await sign({ kind: 'ip', host: '10.0.0.7', port: 8443, hostname: bedrock })
    expect(named).toEqual({ authorization: plain.authorization, host: bedrock })
    const mutated = await sign({ kind: 'ip', host: '10.0.0.7', port: 8443 }, bedrock)
    expect(mutated).toEqual({ authorization: plain.authorization, host: bedrock })
    const other = await sign({ kind: 'ip', host: '10.0.0.7', port: 8443 })
    expect(other.authorization).not.toBe(plain.authorization)
  })

  it('has the port where that is not the usual one', async () => {
    const usual = await sign({ kind: 'fqdn', host: bedrock, port: 80 })
    const other = await sign({ kind: 'fqdn', host: bedrock, port: 8080 })
    expect(other.authorization).not.toBe(usual.authorization)
  })
})
