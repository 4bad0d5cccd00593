import { afterEach, describe, expect, it, vi } from 'vitest'
import { createCancellation } from '../../src/cancellation.ts'
import { OutgoingRequest } from '../../src/outgoing-request.ts'
import { platformFetch } from '../../src/platform-fetch.ts'
import type { UpstreamRequest } from '../../src/ports.ts'

const request = (): UpstreamRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: new TextEncoder().encode('{}'),
  signal: new AbortController().signal,
  redirect: 'manual',
})

afterEach(() => vi.unstubAllGlobals())

describe('platformFetch', () => {
  it("sends with the fetch of the moment, without Bun's limit of five minutes", async () => {
    const fetch = vi.fn(async () => new Response('hello', { status: 201 }))
    vi.stubGlobal('fetch', fetch)
    const init = request()
    const response = await platformFetch('http://provider.test/v1', init)
    expect(fetch).toHaveBeenCalledWith('http://provider.test/v1', { ...init, timeout: false })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await new Response(response.body).text()).toBe('hello')
  })

  it('sends what the gateway has made: body and signal, which no spread takes along', async () => {
    const fetch = vi.fn(async () => new Response())
    vi.stubGlobal('fetch', fetch)
    const cancellation = createCancellation()
    const init = new OutgoingRequest({
      method: 'POST',
      headers: new Map([['a', 'b']]),
      body: [new TextEncoder().encode('{}')],
      cancellation,
      transport: { connectTimeoutMs: 1 },
      backend: 'default/a',
      trouble: undefined,
    })
    await platformFetch('http://provider.test/v1', init)
    expect(fetch).toHaveBeenCalledWith('http://provider.test/v1', {
      method: 'POST',
      headers: { a: 'b' },
      body: new TextEncoder().encode('{}'),
      redirect: 'manual',
      signal: init.signal,
      timeout: false,
    })
    cancellation.cancel(new Error('gone'))
    expect(init.signal.aborted).toBe(true)
  })

  /** As the runtimes throw them. */
  const failed = (cause: object | string) =>
    new TypeError('fetch failed', {
      cause: typeof cause === 'string' ? new Error(cause) : Object.assign(new Error('x'), cause),
    })
  const deno = 'error sending request for url (http://a/): '
  const unreachable = ['upstream-unreachable', 'remote connection failure']
  const reset = ['upstream-reset', 'connection termination']
  const garbled = ['upstream-protocol', 'protocol error']

  it.each([
    ['Node, refused', failed({ code: 'ECONNREFUSED' }), unreachable],
    ['Node, no such host', failed({ code: 'ENOTFOUND' }), unreachable],
    ['Node, reset', failed({ code: 'ECONNRESET' }), reset],
    ['Node, closed', failed({ code: 'UND_ERR_SOCKET' }), reset],
    ['Node, garbage', failed({ code: 'HPE_INVALID_CONSTANT' }), garbled],
    [
      'Node, no connection in time',
      failed({ code: 'UND_ERR_CONNECT_TIMEOUT' }),
      ['upstream-unreachable', 'connection timeout'],
    ],
    ['Bun, refused', Object.assign(new TypeError('x'), { code: 'ECONNREFUSED' }), unreachable],
    ['Bun, closed', Object.assign(new TypeError('x'), { code: 'ECONNRESET' }), reset],
    ['Deno, refused', failed(`${deno}client error (Connect): tcp connect error`), unreachable],
    ['Deno, closed', failed(`${deno}client error (SendRequest): connection closed`), reset],
    ['Deno, reset', failed('Connection reset by peer (os error 104)'), reset],
    [
      'Deno, garbage',
      failed(`${deno}client error (SendRequest): invalid HTTP version parsed`),
      garbled,
    ],
    ['Workers, anything', new Error('Network connection lost.'), unreachable],
    ['who throws what is no error', 'no', unreachable],
  ])('tells what has happened: %s', async (_, error, [kind, reason]) => {
    vi.stubGlobal('fetch', async () => {
      throw error
    })
    await expect(platformFetch('http://provider.test/v1', request())).rejects.toMatchObject({
      kind,
      message: `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`,
      cause: error,
    })
  })

  it('leaves the reason of an abort as it is', async () => {
    const client = new AbortController()
    const reason = new Error('the client has gone')
    vi.stubGlobal('fetch', async () => {
      client.abort(reason)
      throw new TypeError('terminated')
    })
    const init = { ...request(), signal: client.signal }
    await expect(platformFetch('http://provider.test/v1', init)).rejects.toBe(reason)
  })
})
