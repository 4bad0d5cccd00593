// What only shows on the wire: lengths, HEAD, absolute targets.
import { afterEach, expect, it } from 'vitest'
import { openai } from '../support/provider-dialects.ts'
import { startRawProvider, wholeAnswer } from '../support/raw-provider.ts'
import { localBackend, startSocketGateway } from '../support/socket-gateway.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close()
})

async function ask(head: string) {
  const provider = await startRawProvider((line) => void line.write(wholeAnswer(openai.whole)))
  const gateway = await startSocketGateway({
    backends: [localBackend('only', provider.port)],
    rule: { matches: [{ headers: [{ type: 'Exact', name: 'x-ai-eg-model', value: 'm' }] }] },
  })
  open.push(provider, gateway)
  const client = await gateway.connect()
  client.send(`${head.replaceAll('\n', '\r\n')}\r\nconnection: close\r\n\r\n`)
  await client.closed
  const [answer] = client.answers()
  client.leave()
  return { answer, received: client.received().toString() }
}

it('lists models with a length', async () => {
  const { answer } = await ask('GET /v1/models HTTP/1.1\nhost: localhost')
  expect(answer?.status).toBe(200)
  expect(answer?.headers['content-length']).toBe(String(answer?.body.length))
  expect(JSON.parse(answer?.body.toString() ?? '').data).toHaveLength(1)
})

it.each([
  ['/v1/models', 200],
  ['/v1/models/m', 200],
  ['/v1/models/none', 404],
  ['/v1/chat/completions', 405],
  ['/nothing', 404],
])('answers HEAD %s without a body', async (path, status) => {
  const { received } = await ask(`HEAD ${path} HTTP/1.1\nhost: localhost`)
  expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(received.endsWith('\r\n\r\n')).toBe(true)
  expect(received.split('\r\n\r\n')).toHaveLength(2)
})
