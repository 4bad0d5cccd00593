import { describe, expect, it } from 'vitest'
import { encodeBase64 } from '../../../src/base64-bytes.ts'
import { instant, readJson, send } from './support.ts'

const messages = [{ role: 'user', content: 'hello there' }]
const invoked = encodeBase64(new TextEncoder().encode(JSON.stringify({ messages })))
const bedrock = 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/count-tokens'
const vertex = 'https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/r/publishers'

const places = {
  vLLM: ['http://localhost:8000/tokenize', { model: 'm', messages }, 'count'],
  Converse: [
    bedrock,
    { input: { converse: { messages: [{ role: 'user', content: [{ text: 'hello there' }] }] } } },
    'inputTokens',
  ],
  InvokeModel: [bedrock, { input: { invokeModel: { body: invoked } } }, 'inputTokens'],
  Gemini: [
    `${vertex}/google/models/g:countTokens`,
    { contents: [{ role: 'user', parts: [{ text: 'hello there' }] }] },
    'totalTokens',
  ],
  Anthropic: [
    'https://api.anthropic.com/v1/messages/count_tokens',
    { model: 'm', messages },
    'input_tokens',
  ],
  'Claude on Vertex': [
    `${vertex}/anthropic/models/count-tokens:rawPredict`,
    { model: 'm', messages },
    'input_tokens',
  ],
} as const

describe.each(Object.entries(places))('%s', (_, [url, body, member]) => {
  it('counts what a model reads', async () => {
    const answer = await send(instant, url, body)
    expect([answer.status, (await readJson(answer))[member]]).toEqual([200, 3])
  })

  it('refuses what has nothing in it, in its own words', async () => {
    const answer = await send(instant, url, {})
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await readJson(answer))).toContain('There is nothing to count.')
  })
})
