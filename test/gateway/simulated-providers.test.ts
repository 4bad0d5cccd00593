// The simulator and the gateway together: each of them holds the other to the protocols.
import { describe, expect, it } from 'vitest'
import type { BackendSpec } from '../../src/config/config.ts'
import { testGateway } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { instant, user, weatherTool } from '../unit/simulate/support.ts'

const bedrock: Partial<BackendSpec> = {
  schema: { name: 'AWSBedrock' },
  endpoints: [{ kind: 'fqdn', host: 'bedrock-runtime.us-east-1.amazonaws.com', port: 443 }],
}

const gateway = testGateway({
  fetch: instant,
  config: gatewaySpec(
    [backend('openai'), backend('bedrock', bedrock)],
    [
      rule([exact('x-ai-eg-model', 'gpt')], [ref('openai')]),
      rule([exact('x-ai-eg-model', 'claude')], [ref('bedrock')]),
      rule([exact('x-ai-eg-model', 'either')], [ref('bedrock'), ref('openai', { priority: 1 })], {
        retry: retryOn(['retriable-status-codes'], { numAttemptsPerPriority: 1 }),
      }),
    ],
  ),
})

const shapes = [
  ['text', { messages: [user('hello there')] }],
  ['a limit', { messages: [user('hello there')], max_tokens: 3 }],
  ['one tool', { messages: [user('alpha')], tools: [weatherTool('alpha')] }],
  [
    'several tools',
    { messages: [user('alpha, beta')], tools: [weatherTool('alpha'), weatherTool('beta')] },
  ],
  [
    'a schema',
    {
      messages: [user('hello')],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'n', schema: weatherTool().function.parameters },
      },
    },
  ],
  [
    'the result of a tool',
    {
      messages: [
        user('alpha'),
        {
          role: 'assistant',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'alpha', arguments: '{"city":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'sunny' },
      ],
      tools: [weatherTool('alpha')],
    },
  ],
] as const

describe.each(['gpt', 'claude'])('model %s', (model) => {
  it.each(shapes)('answers %s, and the stream keeps the grammar', async (_, body) => {
    const whole = await gateway.chat({ model, ...body })
    expect(whole.status).toBe(200)
    const stream = await gateway.chat({
      model,
      ...body,
      stream: true,
      stream_options: { include_usage: true },
    })
    const text = await stream.text()
    expect(checkChatStream(text, { usage: 'required' })).toEqual([])
    const chunks = text.split('\n\n').slice(0, -2)
    const { choices, usage } = await whole.json()
    const values = chunks.map((chunk) => JSON.parse(chunk.slice('data: '.length)))
    const content = values.map((value) => value.choices[0]?.delta.content ?? '').join('')
    expect(content).toBe(choices[0].message.content ?? '')
    expect(values.at(-1).usage).toMatchObject({
      prompt_tokens: usage.prompt_tokens,
      completion_tokens: usage.completion_tokens,
    })
  })
})

it('shows a fallback from one dialect to the other', async () => {
  const answer = await gateway.chat(
    { model: 'either', messages: [user('hi')] },
    { headers: { 'x-simulate': 'status=503,only=bedrock' } },
  )
  expect(answer.status).toBe(200)
  expect((await answer.json()).choices[0].message.content).toContain('simulated at default/openai.')
})

it.each(['gpt', 'claude'])('says what went wrong when model %s breaks off', async (model) => {
  const answer = await gateway.chat(
    { model, stream: true, messages: [user('hi')] },
    { headers: { 'x-simulate': 'cut=5' } },
  )
  const text = await answer.text()
  expect(text).toContain('"error":')
  expect(text).not.toContain('[DONE]')
})

it('answers as the named backend does', async () => {
  const answer = await gateway.chat({ model: 'claude', messages: [user('hi')] })
  expect((await answer.json()).choices[0].message.content).toBe(
    'You said "hi". This is claude, simulated at default/bedrock.',
  )
})
