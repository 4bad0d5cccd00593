// The simulator and the gateway together: each of them holds the other to the protocols.
import { describe, expect, it } from 'vitest'
import type { SchemaName } from '../../src/config/api-schema.ts'
import type { BackendSpec } from '../../src/config/config.ts'
import { testGateway } from '../support/ask.ts'
import { checkChatStream } from '../support/chat-stream-grammar.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { instant, user, weatherTool } from '../unit/simulate/support.ts'

const bedrock: Partial<BackendSpec> = {
  schema: { name: 'AWSBedrock' },
  endpoints: [{ kind: 'fqdn', host: 'bedrock-runtime.us-east-1.amazonaws.com', port: 443 }],
}

const at = (name: SchemaName, host: string): Partial<BackendSpec> => ({
  schema: { name },
  endpoints: [{ kind: 'fqdn', host, port: 443 }],
})
const claudes = {
  'claude-direct': at('Anthropic', 'api.anthropic.com'),
  'claude-vertex': {
    ...at('GCPAnthropic', 'us-east5-aiplatform.googleapis.com'),
    auth: {
      type: 'GCPCredentials',
      project: 'p',
      region: 'us-east5',
      override: { header: 'x-token', fallbackToConfigured: false },
    },
  },
  // By name alone: an ARN or an alias does not tell the simulator whose model it is.
  'claude-bedrock': at('AWSAnthropic', 'bedrock-runtime.us-east-1.amazonaws.com'),
} satisfies Record<string, Partial<BackendSpec>>
const claudeNames = Object.keys(claudes)

const gateway = testGateway({
  fetch: instant,
  config: gatewaySpec(
    [
      backend('openai'),
      backend('bedrock', bedrock),
      ...Object.entries(claudes).map(([name, spec]) => backend(name, spec)),
    ],
    [
      rule([exact('x-ai-eg-model', 'gpt')], [ref('openai')]),
      rule([exact('x-ai-eg-model', 'claude')], [ref('bedrock')]),
      ...claudeNames.map((name) => rule([exact('x-ai-eg-model', name)], [ref(name)])),
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

/** For the one credential that has to come with the request. */
const headers = { 'x-token': 'simulated' }

describe.each(['gpt', 'claude', ...claudeNames])('model %s', (model) => {
  it.each(shapes)('answers %s, and the stream keeps the grammar', async (_, body) => {
    const whole = await gateway.chat({ model, ...body }, { headers })
    expect(whole.status).toBe(200)
    const asked = { model, ...body, stream: true, stream_options: { include_usage: true } }
    const stream = await gateway.chat(asked, { headers })
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

it.each(claudeNames)(
  'says what went wrong, and then that it is over, when %s breaks off',
  async (model) => {
    const answer = await gateway.chat(
      { model, stream: true, messages: [user('hi')] },
      { headers: { ...headers, 'x-simulate': 'cut=6' } },
    )
    expect(await answer.text()).toMatch(/data: \{"error":\{[^\n]*\n\ndata: \[DONE\]\n\n$/)
  },
)

it.each([
  ['claude-direct', 529, 'overloaded_error'],
  ['claude-vertex', 429, 'rate_limit_error'],
  ['claude-vertex', 403, 'PERMISSION_DENIED'],
  ['claude-bedrock', 429, 'ThrottlingException'],
])('has the error of %s with status %i named %s', async (model, status, type) => {
  const answer = await gateway.chat(
    { model, messages: [user('hi')] },
    { headers: { ...headers, 'x-simulate': `status=${status}` } },
  )
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ error: { type, code: String(status) } })
})

it.each(claudeNames)('has %s think, and takes its thoughts back', async (model) => {
  const asked = {
    model,
    messages: [user('alpha')],
    tools: [weatherTool('alpha')],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  }
  const { choices, usage } = await (await gateway.chat(asked, { headers })).json()
  const { message } = choices[0]
  expect(message.reasoning_content).toBe(message.thinking_blocks[0].thinking)
  expect(usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(0)
  const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' }
  const next = await gateway.chat(
    { ...asked, messages: [...asked.messages, message, result] },
    { headers },
  )
  expect(next.status).toBe(200)
  expect((await next.json()).choices[0].message.content).toContain('"sunny"')
})

it('answers as the named backend does', async () => {
  const answer = await gateway.chat({ model: 'claude', messages: [user('hi')] })
  expect((await answer.json()).choices[0].message.content).toBe(
    'You said "hi". This is claude, simulated at default/bedrock.',
  )
})
