// Audio through the gateway: bytes out as they come, forms in as they are.
import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { type Answer, json, scriptedProvider, stream } from '../support/scripted-provider.ts'

const model = (value: string) => exact('x-ai-eg-model', value)

function setUp(...answers: readonly Answer[]) {
  const provider = scriptedProvider(...answers)
  const gateway = testGateway({
    fetch: provider.fetch,
    config: gatewaySpec(
      [backend('one'), backend('two')],
      [
        rule([model('tts')], [ref('one'), ref('two', { priority: 1 })], {
          retry: retryOn(['5xx', 'reset'], { numAttemptsPerPriority: 1 }),
        }),
        rule([model('stt')], [ref('one', { modelNameOverride: 'stt-large' })]),
      ],
    ),
  })
  return { ...gateway, provider }
}

const speech = { model: 'tts', input: 'hello', voice: 'coral' }
const path = '/v1/audio/speech'
const pieces = [new Uint8Array([0, 255, 254]), new Uint8Array([13, 10, 0])]

describe('speech', () => {
  it('hands out the head before the body has come, and counts the whole once', async () => {
    const { chat, ended } = setUp(
      stream({ chunks: pieces, end: 'stall', contentType: 'audio/mpeg', headers: { 'x-id': '1' } }),
    )
    const answer = await chat(speech, { path })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'audio/mpeg'])
    expect(answer.headers.get('x-id')).toBe('1')
    const reader = answer.body?.getReader()
    expect((await reader?.read())?.value).toEqual(pieces[0])
    expect((await reader?.read())?.value).toEqual(pieces[1])
    expect(ended).toEqual([])
    await reader?.cancel()
    await settle()
    expect(ended.map(({ outcome, sentBytes }) => [outcome, sentBytes])).toEqual([
      ['client-gone', 6],
    ])
  })

  it('passes every byte, its length too', async () => {
    const { chat, ended } = setUp(
      stream({ chunks: pieces, contentType: 'audio/mpeg', headers: { 'content-length': '6' } }),
    )
    const answer = await chat(speech, { path })
    expect(answer.headers.get('content-length')).toBe('6')
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(
      new Uint8Array([0, 255, 254, 13, 10, 0]),
    )
    expect(ended.map(({ outcome, responseModel }) => [outcome, responseModel])).toEqual([
      ['complete', 'tts'],
    ])
  })

  it('breaks off where the provider does', async () => {
    const { chat, ended } = setUp(
      stream({ chunks: pieces, end: 'reset', contentType: 'audio/mpeg' }),
    )
    const answer = await chat(speech, { path })
    await expect(answer.arrayBuffer()).rejects.toThrow()
    expect(ended.map(({ outcome, error }) => [outcome, error?.kind])).toEqual([
      ['failed', 'upstream-reset'],
    ])
  })

  it('stops the provider when the client leaves', async () => {
    let cancelled = 0
    const { chat, ended } = setUp(
      stream({
        chunks: pieces,
        end: 'stall',
        contentType: 'audio/mpeg',
        onCancel: () => cancelled++,
      }),
    )
    const leaving = new AbortController()
    const answer = await chat(speech, { path, signal: leaving.signal })
    const body = answer.arrayBuffer()
    leaving.abort()
    await expect(body).rejects.toThrow()
    expect(cancelled).toBeGreaterThan(0)
    expect(ended.map(({ outcome }) => outcome)).toEqual(['client-gone'])
  })

  it('falls back while there is only a status', async () => {
    const { chat, provider } = setUp(
      json({ error: { message: 'down' } }, 500),
      stream({ chunks: pieces, contentType: 'audio/mpeg' }),
    )
    const answer = await chat(speech, { path })
    expect(answer.status).toBe(200)
    expect(provider.seen.map(({ url }) => url.host)).toEqual(['one.test', 'two.test'])
  })

  it('is cut by the time of its request', async () => {
    const { chat, clock, ended } = setUp(
      stream({ chunks: pieces, end: 'stall', contentType: 'audio/mpeg' }),
    )
    const answer = await chat(speech, { path })
    const body = answer.arrayBuffer().catch((error: unknown) => error)
    await clock.advance(60_000)
    expect(await body).toBeInstanceOf(Error)
    expect(ended.map(({ outcome, error }) => [outcome, error?.kind])).toEqual([
      ['failed', 'upstream-timeout'],
    ])
  })
})

describe('a form', () => {
  const bytes = new Uint8Array([82, 73, 70, 70, 0, 255, 13, 10, 45, 45])

  it('goes out with its own boundary and bytes, and the model asked for', async () => {
    const { fetch, provider } = setUp(json({ text: 'good morning' }))
    const form = new FormData()
    form.set('file', new File([bytes], 'a.wav', { type: 'audio/wav' }))
    form.set('model', 'stt')
    const request = new Request('http://localhost:1975/v1/audio/transcriptions', {
      method: 'POST',
      body: form,
    })
    const answer = await fetch(request)
    expect(await answer.json()).toEqual({ text: 'good morning' })
    const [seen] = provider.seen
    expect(seen?.headers['content-type']).toBe(request.headers.get('content-type'))
    const received = await new Response(seen?.init.body ?? null, {
      headers: { 'content-type': seen?.headers['content-type'] ?? '' },
    }).formData()
    expect(received.get('model')).toBe('stt-large')
    const file = received.get('file')
    if (!(file instanceof File)) throw new Error('the file is not there')
    expect([file.name, file.type]).toEqual(['a.wav', 'audio/wav'])
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes)
  })

  it('is refused in the client’s dialect where it lacks a file', async () => {
    const { fetch } = setUp(json({}))
    const form = new FormData()
    form.set('model', 'stt')
    const answer = await fetch(
      new Request('http://localhost:1975/v1/audio/translations', { method: 'POST', body: form }),
    )
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        type: 'error',
        error: {
          type: 'BadRequest',
          code: '400',
          message: "malformed request: missing required field 'file'",
        },
      },
    ])
  })
})
