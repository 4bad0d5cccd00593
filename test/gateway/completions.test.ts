// Text completions through the gateway, by providers that know them and by one that does not.
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { testGateway } from '../support/ask.ts'
import { backend, exact, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { json, scriptedProvider } from '../support/scripted-provider.ts'

const converse = (text: string) => ({
  output: { message: { role: 'assistant', content: [{ text }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 2, outputTokens: 3, totalTokens: 5 },
})

const model = (value: string) => exact('x-ai-eg-model', value)

describe('several prompts at a provider of chat', () => {
  it('are as many requests, and one answer in their order', async () => {
    const provider = scriptedProvider(({ text }) => {
      const { messages } = JSON.parse(text)
      return Response.json(converse(` of ${messages[0].content[0].text}`))
    })
    const { fetch, ended } = testGateway({
      fetch: provider.fetch,
      config: gatewaySpec(
        [backend('bedrock', { schema: { name: 'AWSBedrock' } })],
        [rule([model('m')], [ref('bedrock')])],
      ),
    })
    const client = new OpenAI({
      apiKey: 'k',
      baseURL: 'http://localhost:1975/v1',
      fetch: (input, init) => fetch(new Request(input, init)),
    })
    const prompts = ['a', 'b', 'c']
    const answer = await client.completions.create({ model: 'm', prompt: prompts })
    expect(answer.choices.map(({ text, index }) => [text, index])).toEqual([
      [' of a', 0],
      [' of b', 1],
      [' of c', 2],
    ])
    expect(answer.usage).toEqual({ prompt_tokens: 6, completion_tokens: 9, total_tokens: 15 })
    expect(provider.seen).toHaveLength(3)
    expect(ended.map(({ usage }) => usage)).toEqual([{ input: 6, output: 9, total: 15 }])
  })
})

describe('forced usage', () => {
  it('is asked of a stream of text, where something counts it', async () => {
    const provider = scriptedProvider(json({ choices: [] }))
    const { chat } = testGateway({
      fetch: provider.fetch,
      config: gatewaySpec([backend('one')], [rule([model('m')], [ref('one')])], {
        costs: [{ metadataKey: 'k', type: 'TotalToken' }],
      }),
    })
    const path = '/v1/completions'
    await chat('{"model":"m","prompt":"a","stream": true}', { path })
    await chat('{"model":"m","prompt":"a"}', { path })
    expect(provider.seen.map(({ text }) => text)).toEqual([
      '{"model":"m","prompt":"a","stream": true,"stream_options":{"include_usage":true}}',
      '{"model":"m","prompt":"a"}',
    ])
  })
})
