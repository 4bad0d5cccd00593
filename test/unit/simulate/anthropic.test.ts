import Anthropic, { APIError } from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { countTokens } from '../../../src/simulate/tokens.ts'
import { createAwsChunkDecoder } from '../../../src/streams/aws-chunks.ts'
import { instant, readJson, readText, send, user } from './support.ts'

const messagesUrl = 'https://api.anthropic.com/v1/messages'
const vertexUrl =
  'https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-x@20250929:rawPredict'
const bedrockUrl =
  'https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-x-v1%3A0/invoke'

/** The official client, with the simulator in place of the network. */
const client = new Anthropic({
  apiKey: 'none',
  maxRetries: 0,
  fetch: async (url, init) => {
    const { headers, body } = init ?? {}
    const answer = await send(instant, String(url), String(body), {
      headers: Object.fromEntries(new Headers(headers as HeadersInit)),
      backend: 'default/claude',
    })
    const names = new Headers()
    answer.headers.forEach((value, name) => {
      names.set(name, value)
    })
    return new Response(answer.body as BodyInit | null, { status: answer.status, headers: names })
  },
})

const base = { model: 'claude-x', max_tokens: 2000 }
const tool = (name: string) => ({
  name,
  input_schema: {
    type: 'object' as const,
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } },
    required: ['city', 'days'],
  },
})

/** Ids and signatures come from the request's bytes, which say whether it streams. */
const withoutIds = (blocks: readonly object[]) =>
  blocks.map((block) => ({ ...block, id: undefined, signature: undefined }))

describe('Anthropic', () => {
  it('quotes the last user message and names model and backend', async () => {
    const message = await client.messages.create({
      ...base,
      messages: [
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'yes' },
        { role: 'user', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: '!' },
      ],
    })
    const text = 'You said "two!". This is claude-x, simulated at default/claude.'
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_01[0-9a-f]{24}$/),
      type: 'message',
      role: 'assistant',
      model: 'claude-x',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
    })
    expect(message.usage).toMatchObject({ input_tokens: 4, output_tokens: countTokens(text) })
  })

  it('streams the very message that it would send whole', async () => {
    const asked = {
      ...base,
      messages: [{ role: 'user' as const, content: 'alpha and beta' }],
      tools: [tool('alpha'), tool('beta')],
      thinking: { type: 'enabled' as const, budget_tokens: 1024 },
    }
    const whole = await client.messages.create(asked)
    const streamed = await client.messages.stream(asked).finalMessage()
    expect(withoutIds(streamed.content)).toEqual(withoutIds(whole.content))
    expect(streamed.stop_reason).toBe('tool_use')
    expect(streamed.usage).toMatchObject(whole.usage)
    expect(whole.content.map((block) => block.type)).toEqual(['thinking', 'tool_use', 'tool_use'])
  })

  it.each([
    ['calls a tool that is forced', { type: 'tool' as const, name: 'beta' }, ['beta']],
    ['calls any tool where one must be called', { type: 'any' as const }, ['alpha']],
    ['calls none where none may be', { type: 'none' as const }, []],
    ['calls none that nobody names', { type: 'auto' as const }, []],
  ])('%s', async (_, tool_choice, names) => {
    const message = await client.messages.create({
      ...base,
      messages: [{ role: 'user', content: 'hi' }],
      tools: [tool('alpha'), tool('beta')],
      tool_choice,
    })
    const calls = message.content.filter((block) => block.type === 'tool_use')
    expect(calls.map((call) => call.name)).toEqual(names)
    for (const call of calls) expect(call.input).toEqual({ city: 'some city', days: 3 })
  })

  it('calls one tool at a time where it may not do more', async () => {
    const message = await client.messages.create({
      ...base,
      messages: [{ role: 'user', content: 'alpha and beta' }],
      tools: [tool('alpha'), tool('beta')],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    })
    expect(message.content).toHaveLength(1)
  })

  it('answers from the result of a tool', async () => {
    const message = await client.messages.create({
      ...base,
      messages: [
        { role: 'user', content: 'alpha' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_1', name: 'alpha', input: {} }],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' }],
        },
      ],
      tools: [tool('alpha')],
    })
    expect(message.content[0]).toMatchObject({ text: expect.stringContaining('"sunny"') })
  })

  it('answers in the schema of the output format', async () => {
    const schema = {
      type: 'object',
      properties: { low: { type: 'string' } },
      required: ['low'],
      additionalProperties: false,
    }
    const message = await client.messages.create({
      ...base,
      messages: [{ role: 'user', content: 'hi' }],
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(message.content).toEqual([{ type: 'text', text: '{"low":"some low"}' }])
  })

  it('stops where it is told to', async () => {
    const asked = { ...base, messages: [{ role: 'user' as const, content: 'hi' }] }
    const short = await client.messages.create({ ...asked, max_tokens: 2 })
    expect(short.stop_reason).toBe('max_tokens')
    const stopped = await client.messages.create({ ...asked, stop_sequences: ['This'] })
    expect(stopped.stop_reason).toBe('stop_sequence')
    expect(stopped.stop_sequence).toBe('This')
  })

  it('fails as the official client knows it', async () => {
    const error = await client.messages
      .create({ ...base, messages: [] })
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(Anthropic.BadRequestError)
    expect(error).toMatchObject({
      status: 400,
      error: { type: 'error', error: { type: 'invalid_request_error' } },
      requestID: expect.stringMatching(/^req_/),
    })
    expect(error).toBeInstanceOf(APIError)
  })
})

const call = { type: 'tool_use', id: 'toolu_1', name: 'alpha', input: {} }
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }
const marked = { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }

describe('what Anthropic rejects', () => {
  it.each<[string, Record<string, unknown>]>([
    ['max_tokens: Field required', { max_tokens: undefined }],
    ['max_tokens: Input should be a valid integer', { max_tokens: 1.5 }],
    ['max_tokens: Input should be greater than or equal to 1', { max_tokens: 0 }],
    ['model: Field required', { model: undefined }],
    ['seed: Extra inputs are not permitted', { seed: 1 }],
    ['anthropic_version: Extra inputs are not permitted', { anthropic_version: 'x' }],
    ['messages: at least one message is required', { messages: [] }],
    ['messages: Input should be a valid list', { messages: 'hi' }],
    ['first message must use the "user" role', { messages: [{ role: 'assistant', content: 'x' }] }],
    ['Unexpected role "system"', { messages: [{ role: 'system', content: 'x' }] }],
    ["messages.0.role: Input should be 'user' or 'assistant'", { messages: [{ role: 'tool' }] }],
    ['messages.0: all messages must have non-empty content', { messages: [user('')] }],
    ['messages.0.content: Field required', { messages: [{ role: 'user' }] }],
    [
      'text content blocks must contain non-whitespace text',
      { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] },
    ],
    [
      "messages.0.content.0: Input tag 'image_url' found",
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    ],
    [
      '`tool_use` blocks can only be in `assistant` messages',
      { messages: [{ role: 'user', content: [call] }] },
    ],
    [
      '`tool_result` blocks can only be in `user` messages',
      { messages: [user('hi'), { role: 'assistant', content: [result] }] },
    ],
    [
      'unexpected `tool_use_id` found in `tool_result` blocks: toolu_1',
      { messages: [{ role: 'user', content: [result] }] },
    ],
    [
      'without `tool_result` blocks immediately after: toolu_1',
      { messages: [user('hi'), { role: 'assistant', content: [call] }, user('and?')] },
    ],
    [
      'without `tool_result` blocks immediately after: toolu_1',
      { messages: [user('hi'), { role: 'assistant', content: [call] }] },
    ],
    [
      "source.media_type: Input should be 'image/jpeg'",
      {
        messages: [
          {
            role: 'user',
            content: [
              {
                type: 'image',
                source: { type: 'base64', media_type: 'image/svg+xml', data: 'QQ==' },
              },
            ],
          },
        ],
      },
    ],
    ['temperature: range: 0..1', { temperature: 1.5 }],
    ['each stop sequence must contain non-whitespace', { stop_sequences: [' '] }],
    ['tools.0.custom.input_schema: Field required', { tools: [{ name: 'a' }] }],
    [
      "input_schema.type: Input should be 'object'",
      { tools: [{ name: 'a', input_schema: { type: 'string' } }] },
    ],
    ['tools: Tool names must be unique.', { tools: [tool('a'), tool('a')] }],
    ['tools.0.custom.name: String should match', { tools: [tool('a.b')] }],
    ["Input tag 'function' found", { tools: [{ type: 'function', name: 'a' }] }],
    ['tool_choice: may only be specified', { tool_choice: { type: 'any' } }],
    [
      "Tool 'b' not found in provided tools",
      { tools: [tool('a')], tool_choice: { type: 'tool', name: 'b' } },
    ],
    ['greater than or equal to 1024', { thinking: { type: 'enabled', budget_tokens: 1000 } }],
    [
      '`max_tokens` must be greater than `thinking.budget_tokens`',
      { thinking: { type: 'enabled', budget_tokens: 2000 } },
    ],
    [
      '`temperature` may only be set to 1',
      { thinking: { type: 'enabled', budget_tokens: 1024 }, temperature: 0.5 },
    ],
    [
      'Thinking may not be enabled when tool_choice forces tool use',
      { thinking: { type: 'adaptive' }, tools: [tool('a')], tool_choice: { type: 'any' } },
    ],
    [
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
      {
        thinking: { type: 'enabled', budget_tokens: 1024 },
        messages: [
          user('hi'),
          { role: 'assistant', content: [call] },
          { role: 'user', content: [result] },
        ],
      },
    ],
    [
      'A maximum of 4 blocks with cache_control may be provided. Found 5.',
      { messages: [{ role: 'user', content: [marked, marked, marked, marked, marked] }] },
    ],
    [
      "'additionalProperties' must be explicitly set to false",
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    ["effort: Input should be 'low'", { output_config: { effort: 'minimal' } }],
    ['metadata.team: Extra inputs are not permitted', { metadata: { team: 'x' } }],
  ])('%s', async (problem, fields) => {
    const answer = await send(instant, messagesUrl, {
      ...base,
      messages: [user('hi')],
      ...fields,
    })
    expect(answer.status).toBe(400)
    expect(await readJson(answer)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(problem) },
      request_id: answer.headers.get('request-id'),
    })
  })

  it('JSON that is none', async () => {
    const answer = await send(instant, messagesUrl, '{')
    expect(answer.status).toBe(400)
  })

  it.each([
    [529, 'overloaded_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
  ])('a request that asks for status %i', async (status, type) => {
    const headers = { 'x-simulate': `status=${status}` }
    const answer = await send(instant, messagesUrl, {}, { headers })
    expect(answer.status).toBe(status)
    expect(await readJson(answer)).toMatchObject({ error: { type } })
  })

  it('paths that it does not have', async () => {
    const answer = await send(instant, 'https://api.anthropic.com/v1/nothing', {})
    expect(answer.status).toBe(404)
  })
})

describe('Vertex AI', () => {
  const body = { anthropic_version: 'vertex-2023-10-16', max_tokens: 50, messages: [user('hi')] }

  it('takes the model from the path', async () => {
    expect(await readJson(await send(instant, vertexUrl, body))).toMatchObject({
      id: expect.stringMatching(/^msg_vrtx_/),
      model: 'claude-x@20250929',
      content: [{ type: 'text', text: expect.stringContaining('claude-x@20250929') }],
    })
  })

  it('streams where the path says so', async () => {
    const url = vertexUrl.replace('rawPredict', 'streamRawPredict')
    const answer = await send(instant, url, { ...body, stream: true })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const text = await readText(answer)
    expect(text).toMatch(/^event: message_start\ndata: \{/)
    expect(text).toMatch(/event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/)
  })

  it.each([
    ['anthropic_version: Field required', { ...body, anthropic_version: undefined }],
    ['model: Extra inputs are not permitted', { ...body, model: 'claude-x' }],
  ])('%s', async (message, wrong) => {
    const answer = await send(instant, vertexUrl, wrong)
    expect(await readJson(answer)).toMatchObject({ error: { message } })
  })

  it("refuses what Google's front end refuses in Google's words", async () => {
    const headers = { 'x-simulate': 'status=403' }
    expect(await readJson(await send(instant, vertexUrl, {}, { headers }))).toMatchObject({
      error: { code: 403, status: 'PERMISSION_DENIED' },
    })
  })
})

describe('InvokeModel of Bedrock', () => {
  const body = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 50, messages: [user('hi')] }

  it('takes the model from the path', async () => {
    expect(await readJson(await send(instant, bedrockUrl, body))).toMatchObject({
      id: expect.stringMatching(/^msg_bdrk_/),
      model: 'us.anthropic.claude-x-v1:0',
    })
  })

  it('takes an ARN, which does not name its maker', async () => {
    const arn = encodeURIComponent('arn:aws:bedrock:eu-west-1:1:application-inference-profile/ab')
    const url = `https://bedrock-runtime.eu-west-1.amazonaws.com/model/${arn}/invoke`
    expect((await send(instant, url, body)).status).toBe(200)
  })

  it('leaves the models of others alone', async () => {
    const url = bedrockUrl.replace('us.anthropic.claude-x-v1', 'amazon.nova-canvas-v1')
    expect((await send(instant, url, body)).status).toBe(404)
  })

  it('puts each event into a frame of its own, and its counts into the last', async () => {
    const answer = await send(instant, `${bedrockUrl}-with-response-stream`, body)
    expect(answer.headers.get('content-type')).toBe('application/vnd.amazon.eventstream')
    const events: Record<string, unknown>[] = []
    const decoder = createAwsChunkDecoder((frame) => {
      events.push(frame.json() as Record<string, unknown>)
    }, 1e6)
    decoder.push(new Uint8Array(await answer.arrayBuffer()))
    decoder.end()
    expect(events[0]).toMatchObject({ type: 'message_start', message: { role: 'assistant' } })
    expect(events.at(-1)).toMatchObject({
      type: 'message_stop',
      'amazon-bedrock-invocationMetrics': { inputTokenCount: 1 },
    })
  })

  it.each([
    ['stream: Extra inputs are not permitted', { ...body, stream: true }],
    ['max_tokens: Field required', { ...body, max_tokens: undefined }],
  ])('%s', async (message, wrong) => {
    const answer = await send(instant, bedrockUrl, wrong)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^ValidationException:/)
    expect(await readJson(answer)).toEqual({ message })
  })

  it('fails in the words of Bedrock', async () => {
    const headers = { 'x-simulate': 'status=429' }
    const answer = await send(instant, bedrockUrl, {}, { headers })
    expect(answer.headers.get('x-amzn-errortype')).toMatch(/^ThrottlingException:/)
  })
})
