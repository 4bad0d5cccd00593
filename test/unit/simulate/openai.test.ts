import { describe, expect, it } from 'vitest'
import { createSimulator } from '../../../src/simulate/simulator.ts'
import { instant, readJson, send, user } from './support.ts'

const chat = { model: 'm', messages: [user('hi')] }

describe('paths', () => {
  it.each([
    'https://api.openai.com/v1/chat/completions',
    'http://localhost:11434/v1beta/openai/chat/completions?trace=1',
    'http://10.0.0.1/chat/completions',
  ])('takes chat completions at %s', async (url) => {
    expect((await send(instant, url, chat)).status).toBe(200)
  })

  it('knows no other path', async () => {
    const answer = await send(instant, 'https://api.openai.com/v1/chat', chat)
    expect(answer.status).toBe(404)
    expect(await readJson(answer)).toEqual({
      error: {
        message: 'Invalid URL (POST /v1/chat)',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    })
  })

  it('knows no other method', async () => {
    const answer = await send(instant, 'https://api.openai.com/v1/chat/completions', '', {
      method: 'GET',
    })
    expect(answer.status).toBe(405)
  })
})

describe('models', () => {
  const simulator = createSimulator({
    now: () => 0,
    schedule: () => () => {},
    delayMs: 0,
    models: ['a', 'b'],
  })

  it('lists those that it was made with', async () => {
    const answer = await send(simulator, 'https://api.openai.com/v1/models', '', { method: 'GET' })
    expect(await readJson(answer)).toEqual({
      object: 'list',
      data: ['a', 'b'].map((id) => ({
        id,
        object: 'model',
        created: 1_700_000_000,
        owned_by: 'simulator',
      })),
    })
  })

  it.each([
    ['org%2Fname', 'org/name'],
    ['100%', '100%'],
  ])('shows %s as one of its own', async (segment, id) => {
    const url = `https://api.openai.com/v1/models/${segment}`
    expect(await readJson(await send(simulator, url, '', { method: 'GET' }))).toMatchObject({ id })
  })
})

describe('errors on request', () => {
  it.each([
    [401, 'invalid_request_error', 'invalid_api_key'],
    [404, 'invalid_request_error', 'model_not_found'],
    [418, 'invalid_request_error', null],
    [429, 'requests', 'rate_limit_exceeded'],
    [500, 'server_error', null],
    [503, 'service_unavailable_error', null],
    [599, 'server_error', null],
  ])('words status %i as OpenAI does', async (status, type, code) => {
    const answer = await send(instant, 'https://api.openai.com/v1/chat/completions', chat, {
      headers: { 'x-simulate': `status=${status}` },
    })
    expect(answer.status).toBe(status)
    expect(await readJson(answer)).toEqual({
      error: { message: expect.stringMatching(/./), type, param: null, code },
    })
  })
})
