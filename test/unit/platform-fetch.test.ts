import { afterEach, describe, expect, it, vi } from 'vitest'
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
})
