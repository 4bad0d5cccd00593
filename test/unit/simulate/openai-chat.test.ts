import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { countTokens } from '../../../src/simulate/tokens.ts'
import { checkChatStream } from '../../support/chat-stream-grammar.ts'
import { instant, openaiUrl, readJson, readText, send, user, weatherTool } from './support.ts'

const model = 'gpt-4o-mini'

/** The official client, which talks to the simulator. */
function createClient(headers: Record<string, string> = {}): OpenAI {
  return new OpenAI({
    apiKey: 'sk-none',
    maxRetries: 0,
    defaultHeaders: headers,
    fetch: async (url, init) => {
      const method = init?.method === 'GET' ? 'GET' : 'POST'
      const given = Object.fromEntries(new Headers(init?.headers as HeadersInit))
      const body = typeof init?.body === 'string' ? init.body : ''
      const answer = await send(instant, String(url), body, {
        method,
        headers: given,
        backend: 'default/primary',
      })
      // The simulator answers with a standard Response, which is what the client wants.
      return answer as Response
    },
  })
}

const client = createClient()

async function streamText(body: Record<string, unknown>): Promise<string> {
  const answer = await send(instant, openaiUrl, { model, stream: true, ...body })
  expect(answer.status).toBe(200)
  return readText(answer)
}

describe('a whole completion', () => {
  it('quotes the last user message and names model and backend', async () => {
    const completion = await client.chat.completions.create({
      model,
      messages: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'yes?' },
        { role: 'user', content: [{ type: 'text', text: 'second' }] },
      ],
    })
    expect(completion.choices).toHaveLength(1)
    const [choice] = completion.choices
    expect(choice?.message.content).toBe(
      'You said "second". This is gpt-4o-mini, simulated at default/primary.',
    )
    expect(choice?.message.role).toBe('assistant')
    expect(choice?.finish_reason).toBe('stop')
    expect(completion.model).toBe(model)
    expect(completion.object).toBe('chat.completion')
    expect(completion.id).toMatch(/^chatcmpl-[0-9a-f]{29}$/)
  })

  it('counts a token for every four characters that each text begins', async () => {
    const { usage, choices } = await client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'abcd' },
        { role: 'user', content: 'abcde' },
      ],
    })
    expect(usage?.prompt_tokens).toBe(3)
    expect(usage?.completion_tokens).toBe(countTokens(choices[0]?.message.content ?? ''))
    expect(usage?.total_tokens).toBe(3 + (usage?.completion_tokens ?? 0))
  })

  it('cuts a long question short in its quotation', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: '😀'.repeat(500) }],
    })
    expect(choices[0]?.message.content).toContain(`"${'😀'.repeat(200)}…"`)
  })

  it('gives the same request the same answer, and another one another id', async () => {
    const ask = async (text: string) =>
      readText(await send(instant, openaiUrl, { model, messages: [user(text)] }))
    expect(await ask('ping')).toBe(await ask('ping'))
    const [one, other] = [JSON.parse(await ask('ping')), JSON.parse(await ask('pong'))]
    expect(one.id).not.toBe(other.id)
  })

  it('carries the headers that the provider sends', async () => {
    const answer = await send(instant, openaiUrl, { model, messages: [user('hi')] })
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/)
    expect(answer.headers.get('openai-processing-ms')).toBe('0')
    expect(answer.headers.get('openai-version')).toBe('2020-10-01')
  })

  it('stops at the token limit and says so', async () => {
    const { choices, usage } = await client.chat.completions.create({
      model,
      max_tokens: 100,
      max_completion_tokens: 3,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(choices[0]?.message.content).toBe('You said "hi')
    expect(choices[0]?.finish_reason).toBe('length')
    expect(usage?.completion_tokens).toBe(3)
  })

  it('stops before a stop sequence', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      stop: ['nowhere', 'END'],
      messages: [{ role: 'user', content: 'go END on' }],
    })
    expect(choices[0]?.message.content).toBe('You said "go ')
    expect(choices[0]?.finish_reason).toBe('stop')
  })

  it('makes as many choices as asked for', async () => {
    const { choices, usage } = await client.chat.completions.create({
      model,
      n: 3,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(choices.map((choice) => choice.index)).toEqual([0, 1, 2])
    const each = countTokens(choices[0]?.message.content ?? '')
    expect(usage?.completion_tokens).toBe(3 * each)
  })

  it('answers as long as x-simulate says', async () => {
    const { choices, usage } = await createClient({
      'x-simulate': 'tokens=200',
    }).chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
    expect(usage?.completion_tokens).toBe(200)
    expect(choices[0]?.message.content).toHaveLength(800)
  })
})

describe('tools', () => {
  const messages = [{ role: 'user' as const, content: 'Please get weather in Rome' }]

  it('calls a tool that the last user message names, with arguments of its schema', async () => {
    const { choices, usage } = await client.chat.completions.create({
      model,
      messages,
      tools: [weatherTool('other'), weatherTool()],
    })
    const [choice] = choices
    expect(choice?.finish_reason).toBe('tool_calls')
    expect(choice?.message.content).toBeNull()
    expect(choice?.message.tool_calls).toEqual([
      {
        id: expect.stringMatching(/^call_[0-9a-f]{24}$/),
        type: 'function',
        function: { name: 'get_weather', arguments: '{"city":"some city","unit":"celsius"}' },
      },
    ])
    expect(usage?.completion_tokens).toBe(
      countTokens('get_weather') + countTokens('{"city":"some city","unit":"celsius"}'),
    )
  })

  it('calls none that is not named as a word of its own', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'forget weatherproof' }],
      tools: [weatherTool(), weatherTool('get')],
    })
    expect(choices[0]?.finish_reason).toBe('stop')
  })

  it('calls each named tool, or the first alone where parallel calls are off', async () => {
    const request = {
      model,
      messages: [{ role: 'user' as const, content: 'use alpha, then beta' }],
      tools: [weatherTool('alpha'), weatherTool('beta')],
    }
    const both = await client.chat.completions.create(request)
    const calls = both.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && call.function.name)).toEqual([
      'alpha',
      'beta',
    ])
    expect(new Set(calls.map((call) => call.id)).size).toBe(2)
    const one = await client.chat.completions.create({ ...request, parallel_tool_calls: false })
    expect(one.choices[0]?.message.tool_calls).toHaveLength(1)
  })

  it.each([
    ['a named tool', { type: 'function', function: { name: 'beta' } }, 'beta'],
    ['any tool', 'required', 'alpha'],
    [
      'one of those allowed',
      {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [{ type: 'function', function: { name: 'beta' } }],
        },
      },
      'beta',
    ],
    ['no tool', 'none', undefined],
  ])('follows a choice of %s', async (_, choice, expected) => {
    const answer = await send(instant, openaiUrl, {
      model,
      messages: [user(choice === 'none' ? 'alpha' : 'hello')],
      tools: [weatherTool('alpha'), weatherTool('beta')],
      tool_choice: choice,
    })
    const body = JSON.stringify(await readJson(answer))
    expect(/"function":\{"name":"(\w+)"/.exec(body)?.[1]).toBe(expected)
  })

  it('answers from the result of a tool, also where the choice would force a call', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [
        ...messages,
        {
          role: 'assistant',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '21 degrees' },
      ],
      tools: [weatherTool()],
      tool_choice: 'required',
    })
    expect(choices[0]?.message.content).toContain('The tool answered "21 degrees".')
    expect(choices[0]?.finish_reason).toBe('stop')
  })
})

describe('response formats', () => {
  it('answers a JSON schema with an object that conforms to it', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'who?' }],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'person',
          strict: true,
          schema: {
            type: 'object',
            properties: {
              name: { type: 'string' },
              age: { type: 'integer', minimum: 18 },
              tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
            },
            required: ['name', 'age', 'tags'],
            additionalProperties: false,
          },
        },
      },
    })
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
      name: 'some name',
      age: 18,
      tags: ['some tags', 'some tags'],
    })
  })

  it('answers with an object where it is told to in words', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: 'Answer with a single JSON object.' },
        { role: 'user', content: 'hi' },
      ],
    })
    expect(JSON.parse(choices[0]?.message.content ?? '').answer).toContain('"hi"')
  })

  it('answers json_object with an object that quotes the question', async () => {
    const { choices } = await client.chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'JSON, please' }],
      response_format: { type: 'json_object' },
    })
    expect(JSON.parse(choices[0]?.message.content ?? '').answer).toContain('"JSON, please"')
  })
})

describe('a stream', () => {
  it('says the same as the whole completion, one token an event', async () => {
    const request = { model, messages: [{ role: 'user' as const, content: 'hello there' }] }
    const whole = await client.chat.completions.create(request)
    const deltas: string[] = []
    for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
      const text = chunk.choices[0]?.delta.content
      if (text) deltas.push(text)
    }
    expect(deltas.join('')).toBe(whole.choices[0]?.message.content)
    expect(deltas).toHaveLength(whole.usage?.completion_tokens ?? 0)
  })

  it.each([
    ['text', {}],
    ['several choices', { n: 3 }],
    ['a limit', { max_tokens: 2 }],
    ['tools', { tools: [weatherTool('alpha'), weatherTool('beta')] }],
    ['several choices of tools', { n: 2, tools: [weatherTool('alpha')] }],
    ['a JSON object', { response_format: { type: 'json_object' } }],
  ])('keeps the grammar with %s', async (_, more) => {
    const body = { messages: [user('alpha and beta, 😀 too')], ...more }
    expect(checkChatStream(await streamText(body), { usage: 'forbidden' })).toEqual([])
    const metered = await streamText({ ...body, stream_options: { include_usage: true } })
    expect(checkChatStream(metered, { usage: 'required' })).toEqual([])
  })

  it('reports the usage that the whole completion reports', async () => {
    const request = { model, messages: [{ role: 'user' as const, content: 'count me' }] }
    const whole = await client.chat.completions.create(request)
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    })
    const usages: unknown[] = []
    for await (const chunk of stream) usages.push(chunk.usage)
    expect(usages.pop()).toEqual(whole.usage)
    expect(usages.every((usage) => usage === null)).toBe(true)
  })

  it('is put together by the official client, tool calls included', async () => {
    const runner = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: 'alpha and beta' }],
      tools: [weatherTool('alpha'), weatherTool('beta')],
    })
    const { choices } = await runner.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const calls = choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.function)).toMatchObject([
      { name: 'alpha', arguments: '{"city":"some city","unit":"celsius"}' },
      { name: 'beta', arguments: '{"city":"some city","unit":"celsius"}' },
    ])
  })

  it('declares itself as an event stream', async () => {
    const answer = await send(instant, openaiUrl, { model, stream: true, messages: [user('hi')] })
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/)
  })
})

describe('what OpenAI refuses', () => {
  const hi = [user('hi')]
  const assistantCall = {
    role: 'assistant',
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
  }
  it.each<[string, unknown, string, string | null, string | null]>([
    ['text that is not JSON', '{"model":', 'We could not parse the JSON body', null, null],
    [
      'a body that is no object',
      '[]',
      "Invalid type for 'body': expected an object, but got an array",
      'body',
      'invalid_type',
    ],
    ['no model', { messages: hi }, 'you must provide a model parameter', null, null],
    [
      'an empty model',
      { model: '', messages: hi },
      'you must provide a model parameter',
      null,
      null,
    ],
    [
      'a model of another type',
      { model: 3, messages: hi },
      "Invalid type for 'model': expected a string, but got an integer instead.",
      'model',
      'invalid_type',
    ],
    [
      'no messages',
      { model },
      "Missing required parameter: 'messages'.",
      'messages',
      'missing_required_parameter',
    ],
    [
      'messages that are no list',
      { model, messages: 'hi' },
      "Invalid type for 'messages': expected an array, but got a string instead.",
      'messages',
      'invalid_type',
    ],
    [
      'empty messages',
      { model, messages: [] },
      "Invalid 'messages': empty array.",
      'messages',
      'empty_array',
    ],
    [
      'a message that is no object',
      { model, messages: ['hi'] },
      "Invalid type for 'messages[0]'",
      'messages[0]',
      'invalid_type',
    ],
    [
      'no role',
      { model, messages: [{ content: 'hi' }] },
      "Missing required parameter: 'messages[0].role'.",
      'messages[0].role',
      'missing_required_parameter',
    ],
    [
      'an unknown role',
      { model, messages: [...hi, { role: 'robot', content: '' }] },
      "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
      'messages[1].role',
      'invalid_value',
    ],
    [
      'no content',
      { model, messages: [{ role: 'user' }] },
      "Missing required parameter: 'messages[0].content'.",
      'messages[0].content',
      'missing_required_parameter',
    ],
    [
      'null as content',
      { model, messages: [user('a'), { role: 'user', content: null }] },
      "Invalid type for 'messages[1].content': expected one of a string or array of objects, but got null instead.",
      'messages[1].content',
      'invalid_type',
    ],
    [
      'a part of an unknown type',
      { model, messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
      "Invalid value: 'smell'.",
      'messages[0].content[0].type',
      'invalid_value',
    ],
    [
      'a picture in the system message',
      {
        model,
        messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'x' } }] }],
      },
      "Supported values are: 'text'.",
      'messages[0].content[0].type',
      'invalid_value',
    ],
    [
      'a picture without an address',
      { model, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      "Missing required parameter: 'messages[0].content[0].image_url.url'.",
      'messages[0].content[0].image_url.url',
      'missing_required_parameter',
    ],
    [
      'a tool message that answers nothing',
      { model, messages: [...hi, { role: 'tool', tool_call_id: 'c1', content: 'x' }] },
      "messages with role 'tool' must be a response",
      'messages.[1].role',
      null,
    ],
    [
      'a tool message for another call',
      {
        model,
        messages: [...hi, assistantCall, { role: 'tool', tool_call_id: 'c2', content: 'x' }],
      },
      "messages with role 'tool' must be a response",
      'messages.[2].role',
      null,
    ],
    [
      'a tool call without its answer',
      { model, messages: [...hi, assistantCall, user('so?')] },
      'did not have response messages: c1',
      'messages.[2].role',
      null,
    ],
    [
      'a tool call at the end',
      { model, messages: [...hi, assistantCall] },
      'did not have response messages: c1',
      'messages.[2].role',
      null,
    ],
    [
      'a tool call without an id',
      {
        model,
        messages: [
          ...hi,
          {
            role: 'assistant',
            tool_calls: [{ type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
        ],
      },
      "Missing required parameter: 'messages[1].tool_calls[0].id'.",
      'messages[1].tool_calls[0].id',
      'missing_required_parameter',
    ],
    [
      'arguments that are no text',
      {
        model,
        messages: [
          ...hi,
          {
            role: 'assistant',
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: {} } }],
          },
        ],
      },
      'expected a string, but got an object instead.',
      'messages[1].tool_calls[0].function.arguments',
      'invalid_type',
    ],
    [
      'a stream flag of another type',
      { model, messages: hi, stream: 'yes' },
      "Invalid type for 'stream': expected a boolean, but got a string instead.",
      'stream',
      'invalid_type',
    ],
    [
      'stream options without a stream',
      { model, messages: hi, stream_options: {} },
      "only allowed when 'stream' is enabled",
      'stream_options',
      null,
    ],
    [
      'too much heat',
      { model, messages: hi, temperature: 2.5 },
      'Expected a value <= 2, but got 2.5 instead.',
      'temperature',
      'decimal_above_max_value',
    ],
    [
      'no tokens at all',
      { model, messages: hi, max_tokens: 0 },
      'Expected a value >= 1, but got 0 instead.',
      'max_tokens',
      'integer_below_min_value',
    ],
    [
      'half a token',
      { model, messages: hi, max_completion_tokens: 1.5 },
      'expected an integer, but got a decimal instead.',
      'max_completion_tokens',
      'invalid_type',
    ],
    [
      'no tools in the list',
      { model, messages: hi, tools: [] },
      "Invalid 'tools': empty array.",
      'tools',
      'empty_array',
    ],
    [
      'a tool without a function',
      { model, messages: hi, tools: [{ type: 'function' }] },
      "Missing required parameter: 'tools[0].function'.",
      'tools[0].function',
      'missing_required_parameter',
    ],
    [
      'a name with a blank',
      { model, messages: hi, tools: [weatherTool('a b')] },
      "Invalid 'tools[0].function.name': string does not match pattern.",
      'tools[0].function.name',
      'invalid_value',
    ],
    [
      'parameters that are no object',
      {
        model,
        messages: hi,
        tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'string' } } }],
      },
      `Invalid schema for function 'f': schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
      'tools[0].function.parameters',
      'invalid_function_parameters',
    ],
    [
      'a choice without tools',
      { model, messages: hi, tool_choice: 'auto' },
      "only allowed when 'tools' are specified",
      'tool_choice',
      null,
    ],
    [
      'a choice of an unknown tool',
      {
        model,
        messages: hi,
        tools: [weatherTool()],
        tool_choice: { type: 'function', function: { name: 'x' } },
      },
      "Tool choice 'x' not found in 'tools' parameter.",
      'tool_choice',
      null,
    ],
    [
      'an unknown mode of choice',
      { model, messages: hi, tools: [weatherTool()], tool_choice: 'any' },
      "Invalid value: 'any'.",
      'tool_choice',
      'invalid_value',
    ],
    [
      'an unknown format',
      { model, messages: hi, response_format: { type: 'xml' } },
      "Invalid value: 'xml'.",
      'response_format.type',
      'invalid_value',
    ],
    [
      'a schema without a name',
      {
        model,
        messages: hi,
        response_format: { type: 'json_schema', json_schema: { schema: {} } },
      },
      "Missing required parameter: 'response_format.json_schema.name'.",
      'response_format.json_schema.name',
      'missing_required_parameter',
    ],
    [
      'a stop that is no text',
      { model, messages: hi, stop: ['a', 1] },
      "Invalid type for 'stop[1]'",
      'stop[1]',
      'invalid_type',
    ],
  ])('refuses %s', async (_, body, message, param, code) => {
    const answer = await send(instant, openaiUrl, body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(await readJson(answer)).toEqual({
      error: {
        message: expect.stringContaining(message),
        type: 'invalid_request_error',
        param,
        code,
      },
    })
  })

  it('takes null for absent, as OpenAI does', async () => {
    const answer = await send(instant, openaiUrl, {
      model,
      messages: hi,
      max_tokens: null,
      tools: null,
      tool_choice: null,
      response_format: null,
      stop: null,
      stream: null,
      stream_options: null,
    })
    expect(answer.status).toBe(200)
  })

  it('raises the official client’s own error', async () => {
    const refused = client.chat.completions.create({ model, messages: [] })
    await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 'empty_array',
      param: 'messages',
      requestID: expect.stringMatching(/^req_/),
    })
  })
})
