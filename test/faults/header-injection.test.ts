// What a configuration or a request puts into headers must not become more than one header.
import { afterEach, describe, expect, it } from 'vitest'
import { createGateway } from '../../src/index.ts'
import { hello } from '../support/ask.ts'
import { gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { openai } from '../support/provider-dialects.ts'
import { startRawProvider, wholeAnswer } from '../support/raw-provider.ts'
import { localBackend, socketSpec, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function start(more: Parameters<typeof localBackend>[2] = {}) {
  const provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
  const gateway = await startSocketGateway({
    backends: [localBackend('only', provider.port, more)],
  })
  open.push(provider, gateway)
  return { provider, gateway }
}

const set = (name: string, value: string) => ({ set: [{ name, value }], remove: [] })

const impossible: readonly (readonly [string, string, string])[] = [
  ['CR and LF', 'x-own', 'one\r\nx-smuggled: 1'],
  ['LF alone', 'x-own', 'one\nx-smuggled: 1'],
  ['CR alone', 'x-own', 'one\rx-smuggled: 1'],
  ['a whole request', 'x-own', 'one\r\n\r\nPOST /admin HTTP/1.1\r\nhost: x\r\n\r\n'],
  ['a NUL', 'x-own', 'one\0two'],
  ['a control character', 'x-own', 'one\x07two'],
  ['a character that no header can carry', 'x-own', 'snow ☃'],
  ['CR and LF in its name', 'x-own\r\nx-smuggled', 'one'],
  ['a blank in its name', 'x own', 'one'],
  ['a colon in its name', 'x-own:', 'one'],
  ['no name', '', 'one'],
]

/** The gateway decides over these itself: where a message ends is not for a configuration to say. */
const framing: readonly (readonly [string, string, string])[] = [
  ['a length', 'content-length', '5'],
  ['a transfer encoding', 'transfer-encoding', 'chunked'],
  ['a connection option', 'connection', 'close'],
  ['an upgrade', 'upgrade', 'h2c'],
  ['an expectation', 'expect', '100-continue'],
  ['keep-alive', 'keep-alive', 'timeout=5'],
]

describe.each(impossible)('a header mutation with %s', (_, name, value) => {
  it('is refused when it is loaded, on a backend and on a route, with its place', () => {
    const onBackend = socketSpec({
      backends: [localBackend('only', 1, { headerMutation: set(name, value) })],
    })
    const onRoute = gatewaySpec(
      [localBackend('only', 1)],
      [rule([], [ref('only', { headerMutation: set(name, value) })])],
    )
    for (const config of [onBackend, onRoute]) {
      expect(() => createGateway({ config })).toThrow(/backend default\/only: headerMutation sets/)
    }
  })

  it('leaves the configuration before it in force', async () => {
    const good = socketSpec({ backends: [localBackend('only', 1)] })
    const bad = socketSpec({
      backends: [localBackend('only', 1, { headerMutation: set(name, value) })],
    })
    const gateway = createGateway({ config: good })
    expect(() => gateway.reload(bad)).toThrow()
    const models = await gateway.fetch(new Request('http://localhost/v1/models'))
    expect(models.status).toBe(200)
  })
})

describe('a header mutation', () => {
  it.each(framing)('of %s changes nothing', async (_, name, value) => {
    const { provider, gateway } = await start({ headerMutation: set(name, value) })
    expect((await gateway.ask(hello)).status).toBe(200)
    expect((await gateway.ask(hello)).status).toBe(200)
    expect(provider.requests).toHaveLength(2)
    expect(provider.requests[0]?.headers).toMatchObject({
      connection: 'keep-alive',
      'content-length': String(JSON.stringify(hello).length),
    })
    expect(provider.connectionsMade()).toBe(1)
  })

  it('reaches the wire as one header, as it stands', async () => {
    const { provider, gateway } = await start({ headerMutation: set('x-own', 'Füller: a=b; "c"') })
    expect((await gateway.ask(hello)).status).toBe(200)
    const lines = provider.requests[0]?.headerLines.filter((line) => line.startsWith('x-own'))
    expect(lines).toEqual(['x-own: Füller: a=b; "c"'])
  })
})

describe('a credential', () => {
  it('with a line break is never sent', async () => {
    const { provider, gateway } = await start({
      auth: { type: 'APIKey', key: 'one\r\nx-smuggled: 1' },
    })
    const answer = await gateway.ask(hello)
    expect(answer.status).toBe(503)
    expect(answer.body.toString()).not.toContain('smuggled')
    expect(provider.connectionsMade()).toBe(0)
  })

  it('may end in a line break, as files do', async () => {
    const { provider, gateway } = await start({ auth: { type: 'APIKey', key: 'one\r\n' } })
    expect((await gateway.ask(hello)).status).toBe(200)
    expect(provider.requests[0]?.headers['authorization']).toBe('Bearer one')
  })
})

describe('a model name', () => {
  it.each(['one\r\nx-smuggled: 1', '../../admin', 'a/../b', 'one?x=1', 'one#x', 'ü☃', '%0d%0a'])(
    'stays inside its path segment: %j',
    async (model) => {
      const provider = await startRawProvider((line) => void line.write(wholeAnswer('{}', 500)))
      const gateway = await startSocketGateway({
        backends: [localBackend('only', provider.port, { schema: { name: 'AWSBedrock' } })],
      })
      open.push(provider, gateway)
      await gateway.ask({ ...hello, model })
      for (const { path, headers } of provider.requests) {
        const segments = path.split('/')
        expect(segments.map(decodeURIComponent)).toEqual(['', 'model', model, 'converse'])
        expect(path).not.toMatch(/[?#]/)
        expect(headers['x-smuggled']).toBeUndefined()
      }
      expect(provider.strayBytes()).toBe(0)
    },
  )
})
