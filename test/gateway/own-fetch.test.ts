// A program that uses the gateway as a library hands in any `fetch`: how its failures count.
import { describe, expect, it } from 'vitest'
import { errorOf, hello, helloStream, testGateway } from '../support/ask.ts'
import { apiKey, backend, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { type Answer, completion, json, scriptedProvider } from '../support/scripted-provider.ts'

const good = json(completion('Hello'))

function gateway(triggers: readonly string[], ...answers: readonly Answer[]) {
  const provider = scriptedProvider(...answers)
  const run = testGateway({
    config: gatewaySpec(
      [backend('one', { auth: apiKey('planted-key') })],
      [rule([], [ref('one')], { retry: retryOn(triggers, { numRetries: 1 }) })],
    ),
    fetch: provider.fetch,
  })
  return { ...run, provider }
}

const rejecting =
  (reason: unknown): Answer =>
  () =>
    Promise.reject(reason)

const breaking =
  (status: number, contentType: string): Answer =>
  () =>
    new Response(
      new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) }),
      { status, headers: { 'content-type': contentType } },
    )

describe('a fetch that rejects', () => {
  it.each([
    new TypeError('fetch failed'),
    new Error('Unable to connect. Is the computer able to access the url?'),
    'Network connection lost.',
    undefined,
  ])('has not reached the provider, whatever it says: %s', async (reason) => {
    const run = gateway([], rejecting(reason))
    const response = await run.chat(hello)
    expect(response.status).toBe(503)
    expect(response.headers.get('x-aigw-error')).toBe('upstream_connect')
    expect(await errorOf(response)).toEqual({
      type: 'OpenAIBackendError',
      code: '503',
      message:
        'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure (default/one)',
    })
    expect(run.logged).toEqual([
      'warn an attempt failed {"index":0,"backend":"default/one","host":"one.test","error":"upstream_connect"}',
    ])
  })

  it('is tried again as a failure to connect', async () => {
    const run = gateway(['connect-failure'], rejecting(new Error('ENETDOWN')), good)
    expect((await run.chat(hello)).status).toBe(200)
  })

  it('may throw at once', async () => {
    const run = gateway([], () => {
      throw new Error('thrown')
    })
    expect((await run.chat(hello)).status).toBe(503)
  })
})

describe('a body that breaks off', () => {
  it('is a reset, and can be tried again', async () => {
    const lost = gateway([], breaking(200, 'application/json'))
    const response = await lost.chat(hello)
    expect(response.status).toBe(503)
    expect(response.headers.get('x-aigw-error')).toBe('upstream_reset')
    const again = gateway(['reset'], breaking(200, 'application/json'), good)
    expect((await again.chat(hello)).status).toBe(200)
    expect(again.logged).toEqual([
      'warn an attempt failed {"index":0,"backend":"default/one","host":"one.test","error":"upstream_reset"}',
    ])
  })

  it('is one in a stream too, before its first content', async () => {
    const run = gateway([], breaking(200, 'text/event-stream'))
    const response = await run.chat(helloStream)
    expect(response.status).toBe(503)
    expect(run.ended.map(({ outcome }) => outcome)).toEqual(['failed'])
  })

  it('does not hide the status of an error', async () => {
    const run = gateway([], breaking(404, 'text/plain'))
    expect((await run.chat(hello)).status).toBe(404)
  })
})
