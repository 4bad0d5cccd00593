// Answers without a body, and statuses that are none.
import { expect, it } from 'vitest'
import { errorOf, hello, helloStream, testGateway } from '../support/ask.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { type Answer, scriptedProvider } from '../support/scripted-provider.ts'

function gateway(answer: Answer) {
  return testGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: scriptedProvider(answer).fetch,
  })
}

const bodiless = (status: number): Answer => {
  // As some transports have it: an empty stream where a plain `Response` has nothing.
  const { headers } = new Response(null, { headers: { 'x-kept': '1' } })
  return () => ({
    status,
    headers,
    body: new Blob([]).stream(),
    arrayBuffer: async () => new ArrayBuffer(0),
  })
}

it.each([204, 205, 304])('passes %i on as it is', async (status) => {
  const run = gateway(bodiless(status))
  const response = await run.chat(hello)
  expect(response.status).toBe(status)
  expect(response.body).toBeNull()
  expect(response.headers.get('x-kept')).toBe('1')
  const outcome = status === 304 ? 'failed' : 'complete'
  expect(run.ended.map((exchange) => exchange.outcome)).toEqual([outcome])
  expect(run.logged.filter((line) => line.startsWith('error'))).toEqual([])
})

it.each([204, 205, 304])('passes %i on in place of audio', async (status) => {
  const run = gateway(bodiless(status))
  const response = await run.chat(
    { model: 'm', input: 'Hi', voice: 'alloy' },
    { path: '/v1/audio/speech' },
  )
  expect(response.status).toBe(status)
  expect(response.body).toBeNull()
  expect(run.ended).toHaveLength(1)
})

it.each([600, 999])('says that %i is no status', async (status) => {
  for (const asked of [hello, helloStream]) {
    const run = gateway(bodiless(status))
    const response = await run.chat(asked)
    expect(response.status).toBe(502)
    expect((await errorOf(response)).message).toBe(`the provider answered with status ${status}`)
    expect(run.logged.filter((line) => line.startsWith('error'))).toEqual([])
  }
})

it('passes a redirect on and never follows it', async () => {
  const provider = scriptedProvider(
    () => new Response('', { status: 307, headers: { location: 'http://elsewhere.test/' } }),
  )
  const run = testGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: provider.fetch,
  })
  const response = await run.chat(hello)
  expect(response.status).toBe(307)
  expect(response.headers.get('location')).toBe('http://elsewhere.test/')
  expect(provider.seen.map(({ init }) => init.redirect)).toEqual(['manual'])
})
