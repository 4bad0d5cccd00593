import { afterEach, describe, expect, it, vi } from 'vitest'
import { platformFetch } from '../../src/platform-fetch.ts'
import type { UpstreamRequest } from '../../src/ports.ts'

const request = (signal = new AbortController().signal): UpstreamRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: new TextEncoder().encode('{}'),
  signal,
  redirect: 'manual',
})

const stubFetch = (answer: () => Promise<Response>) => {
  const fetch = vi.fn(answer)
  vi.stubGlobal('fetch', fetch)
  return fetch
}

afterEach(() => vi.unstubAllGlobals())

describe('platformFetch', () => {
  it("sends with the fetch of the moment, without Bun's limit of five minutes", async () => {
    const fetch = stubFetch(async () => new Response('hello', { status: 201 }))
    const init = request()
    const response = await platformFetch('http://provider.test/v1', init)
    expect(fetch).toHaveBeenCalledWith('http://provider.test/v1', { ...init, timeout: false })
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await new Response(response.body).text()).toBe('hello')
  })

  it.each([
    new TypeError('fetch failed'),
    new Error('Unable to connect. Is the computer able to access the url?'),
    'Network connection lost.',
  ])('calls every rejection an unreachable provider: %s', async (reason) => {
    stubFetch(() => Promise.reject(reason))
    await expect(platformFetch('http://provider.test/', request())).rejects.toMatchObject({
      kind: 'upstream-unreachable',
      status: 503,
      cause: reason,
    })
  })

  it("rejects with the signal's own reason after an abort", async () => {
    stubFetch(() => Promise.reject(new DOMException('This operation was aborted', 'AbortError')))
    const reason = new Error('the client has gone')
    const init = request(AbortSignal.abort(reason))
    await expect(platformFetch('http://provider.test/', init)).rejects.toBe(reason)
  })

  it('collects a body and tells of each piece', async () => {
    const pieces = ['hel', 'lo']
    const body = new ReadableStream({
      pull(controller) {
        const piece = pieces.shift()
        if (piece === undefined) controller.close()
        else controller.enqueue(new TextEncoder().encode(piece))
      },
    })
    stubFetch(async () => new Response(body))
    const response = await platformFetch('http://provider.test/', request())
    const onActivity = vi.fn()
    expect(new TextDecoder().decode(await response.collect?.(onActivity))).toBe('hello')
    expect(onActivity).toHaveBeenCalledTimes(2)
  })

  it('says that the provider broke off where a body ends with an error', async () => {
    const failure = new TypeError('terminated')
    const body = new ReadableStream({ pull: (controller) => controller.error(failure) })
    stubFetch(async () => new Response(body))
    const response = await platformFetch('http://provider.test/', request())
    await expect(response.collect?.()).rejects.toMatchObject({
      kind: 'upstream-reset',
      cause: failure,
    })
  })

  it('passes an abort on where it comes while a body is collected', async () => {
    const client = new AbortController()
    const body = new ReadableStream({
      pull(controller) {
        client.abort('gone')
        controller.error(new DOMException('aborted', 'AbortError'))
      },
    })
    stubFetch(async () => new Response(body))
    const response = await platformFetch('http://provider.test/', request(client.signal))
    await expect(response.collect?.()).rejects.toBe('gone')
  })
})
