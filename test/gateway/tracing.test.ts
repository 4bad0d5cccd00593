import { describe, expect, it } from 'vitest'
import type { BackendSpec, RuleSpec } from '../../src/config/config.ts'
import { readHeaderAttributes } from '../../src/observe/header-attributes.ts'
import { readOtelSettings } from '../../src/observe/otel-settings.ts'
import { createVocabulary } from '../../src/observe/spans/vocabulary.ts'
import { createTracing } from '../../src/observe/tracing.ts'
import { type ChatInit, hello, helloStream, testGateway } from '../support/ask.ts'
import { settle } from '../support/fake-clock.ts'
import { backend, exact, gatewaySpec, ref, retryOn, rule } from '../support/gateway-spec.ts'
import { createRecordingTracer } from '../support/recording-tracer.ts'
import {
  type Answer,
  chatChunks,
  completion,
  json,
  scriptedProvider,
  silence,
  stream,
} from '../support/scripted-provider.ts'

interface Setup {
  readonly answers: readonly Answer[]
  readonly env?: Readonly<Record<string, string>>
  readonly backends?: readonly BackendSpec[]
  readonly rules?: readonly RuleSpec[]
  readonly sampled?: boolean
  readonly later?: (work: () => void) => void
}

function traced({ answers, env = {}, backends = [backend('one')], rules, sampled, later }: Setup) {
  const provider = scriptedProvider(...answers)
  const tracer = createRecordingTracer(sampled)
  const settings = readOtelSettings({ OTEL_TRACES_EXPORTER: 'console', ...env })
  const tracing = createTracing({
    tracer,
    vocabulary: createVocabulary(settings, env).vocabulary,
    headerAttributes: readHeaderAttributes(env).span,
    ...(later && { later }),
  })
  const run = testGateway({
    config: gatewaySpec(backends, rules ?? [rule([], [ref('one')])]),
    fetch: provider.fetch,
    observers: [tracing],
  })
  const ask = async (body: unknown, init?: ChatInit) => {
    const response = await run.chat(body, init)
    return response.text()
  }
  const only = () => {
    expect(tracer.spans).toHaveLength(1)
    const [span] = tracer.spans
    if (span === undefined) throw new Error('no span')
    expect(span.ends).toHaveLength(1)
    return span
  }
  return { ...run, ask, provider, tracer, tracing, only }
}

const genai = { AI_GATEWAY_TRACING_SEMCONV: 'gen_ai' }
const capturing = { ...genai, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true' }

const tool = {
  type: 'function',
  function: { name: 'get_weather', description: 'Weather', parameters: { type: 'object' } },
}
const askingForTools = {
  model: 'm',
  messages: [{ role: 'user', content: 'Weather in Boston?' }],
  tools: [tool],
  tool_choice: 'auto',
}
const callingTools = {
  ...completion(''),
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'get_weather', arguments: '{"city": "Boston"}' },
          },
        ],
      },
      finish_reason: 'tool_calls',
    },
  ],
  usage: {
    prompt_tokens: 162,
    completion_tokens: 287,
    total_tokens: 449,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 256, audio_tokens: 0 },
  },
}

describe('a chat in the words of OpenInference', () => {
  it('is one span with input, output, tools and tokens', async () => {
    const run = traced({ answers: [json(callingTools)] })
    const body = JSON.stringify(askingForTools)
    const answer = await run.ask(body)
    const span = run.only()
    expect(span).toMatchObject({ name: 'ChatCompletion', kind: 'internal', ends: [{ ok: true }] })
    expect(span.events).toEqual([])
    expect(span.attributes).toEqual({
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'm-2026',
      'input.value': body,
      'input.mime_type': 'application/json',
      'llm.invocation_parameters': '{"model":"m","tool_choice":"auto"}',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'Weather in Boston?',
      'llm.tools.0.tool.json_schema': JSON.stringify(tool),
      'output.value': answer,
      'output.mime_type': 'application/json',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'get_weather',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments':
        '{"city": "Boston"}',
      'llm.token_count.prompt': 162,
      'llm.token_count.prompt_details.audio': 0,
      'llm.token_count.prompt_details.cache_read': 0,
      'llm.token_count.prompt_details.cache_creation': 0,
      'llm.token_count.completion': 287,
      'llm.token_count.completion_details.audio': 0,
      'llm.token_count.completion_details.reasoning': 256,
      'llm.token_count.total': 449,
    })
  })

  it('keeps parts at their places, and what came of calls', async () => {
    const run = traced({ answers: [json(completion('ok'))] })
    await run.ask({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'done' },
      ],
    })
    const inputs = Object.entries(run.only().attributes).filter(([key]) =>
      key.startsWith('llm.input_messages.'),
    )
    expect(Object.fromEntries(inputs)).toEqual({
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.contents.1.message_content.type': 'text',
      'llm.input_messages.0.message.contents.1.message_content.text': 'Look',
      'llm.input_messages.0.message.contents.2.message_content.type': 'image',
      'llm.input_messages.0.message.contents.2.message_content.image.image.url':
        'https://example.com/a.png',
      'llm.input_messages.1.message.role': 'assistant',
      'llm.input_messages.1.message.tool_calls.0.tool_call.id': 'c',
      'llm.input_messages.1.message.tool_calls.0.tool_call.function.name': 'f',
      'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments': '{}',
      'llm.input_messages.2.message.role': 'tool',
      'llm.input_messages.2.message.tool_call_id': 'c',
      'llm.input_messages.2.message.content': 'done',
    })
  })

  it.each([
    ['event by event', (chunks: readonly string[]) => chunks],
    ['in one piece', (chunks: readonly string[]) => [chunks.join('')]],
  ])('keeps every word of a stream that comes %s', async (_, cut) => {
    const words = 'Of many words, "all" of them: [DONE] {"usage":{"error":1}} \\ and\nmore'.split(
      /(?= )/,
    )
    const run = traced({ answers: [stream({ chunks: cut(chatChunks(words)) })] })
    await run.ask(helloStream)
    const span = run.only()
    expect(span.attributes['llm.output_messages.0.message.content']).toBe(words.join(''))
    expect(span.attributes['llm.token_count.completion']).toBe(2)
  })

  it('keeps every word of a response that breaks off', async () => {
    const event = (sequence_number: number, type: string, more: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...more })}\n\n`
    const words = ['Of ', 'many ', 'words ', '"all" ', 'of them']
    const chunks = [
      event(0, 'response.created', { response: { id: 'r1', model: 'm-2026' } }),
      ...words.map((delta, index) =>
        event(index + 1, 'response.output_text.delta', { item_id: 'msg_1', delta }),
      ),
    ]
    const run = traced({ answers: [stream({ chunks, end: 'reset' })] })
    const response = await run.fetch(
      new Request('http://localhost:1975/v1/responses', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', input: 'Hi', stream: true }),
      }),
    )
    await response.text()
    const said = 'llm.output_messages.0.message.contents.0.message_content.text'
    expect(run.only().attributes[said]).toBe(words.join(''))
  })

  it('says the same of a stream as of a whole answer, with an event at the first chunk', async () => {
    const run = traced({ answers: [stream({ chunks: chatChunks(['Hel', 'lo']) })] })
    await run.ask(helloStream)
    const span = run.only()
    expect(span.events.map(({ name }) => name)).toEqual(['First Token Stream Event'])
    expect(span.ends).toEqual([{ ok: true }])
    expect(span.attributes).toMatchObject({
      'llm.model_name': 'm-2026',
      'llm.invocation_parameters': '{"model":"m","stream":true}',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': 'Hello',
      'llm.token_count.prompt': 5,
      'llm.token_count.completion': 2,
    })
    expect(JSON.parse(String(span.attributes['output.value']))).toEqual({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm-2026',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
    })
  })

  it('forgets what an attempt said that did not become the answer', async () => {
    const run = traced({
      answers: [
        stream({
          chunks: [`data: ${JSON.stringify({ id: 'x', model: 'wrong', choices: [] })}\n\n`],
          end: 'reset',
        }),
        stream({ chunks: chatChunks(['right']) }),
      ],
      backends: [backend('one'), backend('two')],
      rules: [
        rule([], [ref('one'), ref('two', { priority: 1, modelNameOverride: 'other' })], {
          retry: retryOn(['reset', '5xx'], { numAttemptsPerPriority: 1 }),
        }),
      ],
    })
    await run.ask(helloStream)
    const span = run.only()
    expect(span.attributes['llm.model_name']).toBe('m-2026')
    expect(span.attributes['aigw.upstream.model']).toBe('other')
    expect(String(span.attributes['output.value'])).not.toContain('wrong')
    expect(span.events.filter(({ name }) => name === 'attempt')).toEqual([
      {
        name: 'attempt',
        attributes: {
          'aigw.backend': 'default/one',
          'aigw.attempt': 0,
          'http.response.status_code': undefined,
        },
      },
    ])
  })
})

describe('failures', () => {
  it.each([
    [400, 'BadRequestError'],
    [401, 'AuthenticationError'],
    [404, 'NotFoundError'],
    [429, 'RateLimitError'],
    [503, 'InternalServerError'],
    [418, 'Error'],
  ])('of %d are a %s, with the body that the client gets', async (status, type) => {
    const run = traced({ answers: [json({ error: { message: 'no such luck' } }, status)] })
    const body = await run.ask(hello)
    const message = `Error code: ${status} - ${body}`
    const span = run.only()
    expect(span.ends).toEqual([{ ok: false, message }])
    expect(span.events).toEqual([
      { name: 'exception', attributes: { 'exception.type': type, 'exception.message': message } },
    ])
    expect(span.attributes['llm.input_messages.0.message.content']).toBe('Hi')
    expect(Object.keys(span.attributes).join()).not.toMatch(/output|token_count/)
  })

  it('without a route are one too', async () => {
    const run = traced({
      answers: [],
      rules: [rule([exact('x-ai-eg-model', 'other')], [ref('one')])],
    })
    await run.ask(hello)
    expect(run.only().ends[0]).toMatchObject({ ok: false, message: /^Error code: 404 - / })
  })

  it('of what could not be read are no span', async () => {
    const run = traced({ answers: [] })
    await run.ask('{')
    await run.ask(hello, { path: '/v1/nothing' })
    expect(run.tracer.spans).toEqual([])
  })

  it('inside of a stream say what broke, once', async () => {
    const run = traced({
      answers: [stream({ chunks: chatChunks(['a']).slice(0, 2), end: 'reset' })],
    })
    await run.ask(helloStream)
    expect(run.only().ends).toEqual([
      { ok: false, message: 'Error code: 503 - the provider broke off its answer' },
    ])
    expect(run.only().attributes['llm.output_messages.0.message.content']).toBe('a')
  })

  it('of clients who leave keep what they got', async () => {
    const run = traced({
      answers: [stream({ chunks: chatChunks(['a', 'b']).slice(0, 3), end: 'stall' })],
    })
    const reader = (await run.chat(helloStream)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await settle()
    const span = run.only()
    expect(span.ends).toEqual([{ ok: false, message: 'client closed request' }])
    expect(span.attributes['llm.output_messages.0.message.content']).toMatch(/^ab?$/)
  })

  it('of clients who leave before the head too', async () => {
    const run = traced({ answers: [silence] })
    const client = new AbortController()
    const pending = run.ask(hello, { signal: client.signal })
    await settle()
    client.abort()
    await pending
    expect(run.only().ends).toEqual([{ ok: false, message: 'client closed request' }])
  })

  it('are described when the answer has gone out, and but once', async () => {
    const work: (() => void)[] = []
    const run = traced({ answers: [json(completion('Hi'))], later: (one) => work.push(one) })
    expect(JSON.parse(await run.ask(hello))).toEqual(completion('Hi'))
    expect(run.tracer.spans[0]).toMatchObject({ attributes: {}, ends: [] })
    expect(work).toHaveLength(1)
    for (const one of work) one()
    expect(run.only().attributes['llm.output_messages.0.message.content']).toBe('Hi')
    run.tracing.endAll()
    run.only()
  })

  it('of a gateway that stops end what is under way', async () => {
    const run = traced({ answers: [silence] })
    const client = new AbortController()
    const pending = run.ask(hello, { signal: client.signal })
    await settle()
    run.tracing.endAll()
    expect(run.only().ends).toEqual([{ ok: false, message: 'gateway shutdown' }])
    client.abort()
    await pending
    expect(run.only().ends).toHaveLength(1)
  })
})

describe('the context of a trace', () => {
  it('goes on to the provider, in the place of what the client sent', async () => {
    const run = traced({ answers: [json(completion('ok'))] })
    await run.ask(hello, { headers: { traceparent: 'old' } })
    expect(run.provider.seen[0]?.headers['traceparent']).toBe('span-1')
  })

  it('goes on where nothing is recorded too, and then nothing is worked out', async () => {
    const run = traced({ answers: [stream({ chunks: chatChunks(['a']) })], sampled: false })
    await run.ask(helloStream)
    expect(run.provider.seen[0]?.headers['traceparent']).toBe('span-1')
    expect(run.only()).toMatchObject({ attributes: {}, events: [] })
  })

  it('can be taken off by a backend', async () => {
    const headerMutation = { set: [], remove: ['traceparent'] }
    const run = traced({
      answers: [json(completion('ok'))],
      backends: [backend('one', { headerMutation })],
    })
    await run.ask(hello)
    expect(run.provider.seen[0]?.headers['traceparent']).toBeUndefined()
  })
})

describe('request headers', () => {
  it('are attributes where they are mapped, the session by default', async () => {
    const headers = { 'agent-session-id': 's-1', 'x-user': 'u' }
    const env = { OTEL_AIGW_REQUEST_HEADER_ATTRIBUTES: 'x-user:user.id' }
    const run = traced({ answers: [json(completion('ok'))], env })
    await run.ask(hello, { headers })
    expect(run.only().attributes).toMatchObject({ 'session.id': 's-1', 'user.id': 'u' })
    const none = traced({
      answers: [json(completion('ok'))],
      env: { OTEL_AIGW_SPAN_REQUEST_HEADER_ATTRIBUTES: '' },
    })
    await none.ask(hello, { headers })
    expect(none.only().attributes).not.toHaveProperty('session.id')
  })
})

const marker = 'MARKER'
const revealing = {
  model: 'm',
  messages: [
    { role: 'system', content: marker },
    {
      role: 'user',
      content: [
        { type: 'text', text: marker },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${marker}` } },
        { type: 'input_audio', input_audio: { data: marker, format: 'wav' } },
      ],
    },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: marker } }],
    },
    { role: 'tool', tool_call_id: 'c', content: marker },
  ],
  prediction: { type: 'content', content: marker },
}
const revealed = {
  ...callingTools,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: marker,
        reasoning_content: marker,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: marker } }],
      },
      finish_reason: 'stop',
    },
  ],
}
const hide = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`OPENINFERENCE_HIDE_${name}`, 'true']))

describe('what must not be seen', () => {
  it('is nowhere with inputs and outputs hidden', async () => {
    const env = hide('INPUTS', 'OUTPUTS')
    const withTools = { ...revealing, tools: [{ type: 'function', function: { name: marker } }] }
    const run = traced({ answers: [json(revealed)], env })
    await run.ask(withTools)
    const span = run.only()
    expect(JSON.stringify(span)).not.toContain(marker)
    expect(span.attributes).toMatchObject({
      'input.value': '__REDACTED__',
      'output.value': '__REDACTED__',
      'llm.token_count.prompt': 162,
    })
    expect(span.attributes).not.toHaveProperty('input.mime_type')
  })

  it.each(['INPUTS', 'OUTPUTS', 'INPUT_TEXT'])('is not in an error under HIDE_%s', async (name) => {
    const run = traced({ answers: [json({ error: { message: marker } }, 400)], env: hide(name) })
    await run.ask(hello)
    expect(JSON.stringify(run.only())).not.toContain(marker)
    expect(run.only().ends).toEqual([{ ok: false, message: 'Error code: 400' }])
  })

  it.each([
    [['INPUT_TEXT', 'INPUT_IMAGES', 'OUTPUT_TEXT']],
    [['INPUT_MESSAGES', 'OUTPUT_MESSAGES']],
    [['INPUTS', 'OUTPUT_TEXT']],
    [['INPUT_MESSAGES', 'OUTPUTS']],
  ])('is not in a value that is still shown, under %j', async (names) => {
    const run = traced({ answers: [json(revealed)], env: hide(...names) })
    await run.ask(revealing)
    expect(JSON.stringify(run.only())).not.toContain(marker)
  })

  it('is the text alone under HIDE_INPUT_TEXT: roles, ids and images stay', async () => {
    const run = traced({ answers: [json(revealed)], env: hide('INPUT_TEXT') })
    await run.ask(revealing)
    const { attributes } = run.only()
    expect(attributes['llm.input_messages.0.message.content']).toBe('__REDACTED__')
    expect(
      attributes['llm.input_messages.1.message.contents.1.message_content.image.image.url'],
    ).toBe(`data:image/png;base64,${marker}`)
    const shown = JSON.parse(String(attributes['input.value']))
    expect(shown.messages[0]).toEqual({ role: 'system', content: '__REDACTED__' })
    expect(shown.messages[1].content[1].image_url.url).toContain(marker)
    expect(shown.messages[3]).toMatchObject({ role: 'tool', tool_call_id: 'c' })
    expect(attributes['llm.output_messages.0.message.content']).toBe(marker)
  })

  it('is the image alone under HIDE_INPUT_IMAGES', async () => {
    const run = traced({ answers: [json(revealed)], env: hide('INPUT_IMAGES') })
    await run.ask(revealing)
    const { attributes } = run.only()
    expect(Object.keys(attributes).join()).not.toContain('contents.1.message_content')
    expect(attributes['llm.input_messages.1.message.contents.0.message_content.text']).toBe(marker)
    const shown = JSON.parse(String(attributes['input.value']))
    expect(shown.messages[1].content[1].image_url.url).toBe('__REDACTED__')
    expect(shown.messages[0].content).toBe(marker)
  })

  it.each([
    [0, 'kept'],
    [1, 'redacted'],
  ])('is an inline image that is longer than the limit by %d: %s', async (extra, fate) => {
    const url = `data:image/png;base64,${'A'.repeat(100)}`
    const env = { OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH: String(url.length - extra) }
    const run = traced({ answers: [json(completion('ok'))], env })
    await run.ask({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
    })
    const { attributes } = run.only()
    const at = 'llm.input_messages.0.message.contents.0.message_content'
    expect(attributes[`${at}.image.image.url`]).toBe(fate === 'kept' ? url : '__REDACTED__')
    expect(attributes[`${at}.type`]).toBe('image')
    expect(String(attributes['input.value']).includes(url)).toBe(fate === 'kept')
  })

  it('is kept by default, and by what is no boolean', async () => {
    const run = traced({ answers: [json(revealed)], env: { OPENINFERENCE_HIDE_INPUTS: 'yes' } })
    const body = JSON.stringify(revealing)
    await run.ask(body)
    expect(run.only().attributes['input.value']).toBe(body)
  })

  it('is the parameters under HIDE_LLM_INVOCATION_PARAMETERS', async () => {
    const env = hide('LLM_INVOCATION_PARAMETERS')
    const run = traced({ answers: [json(revealed)], env })
    await run.ask(hello)
    expect(run.only().attributes).not.toHaveProperty('llm.invocation_parameters')
  })

  it('is any prompt, without capture, in the conventions for generative AI', async () => {
    const run = traced({ answers: [json(revealed)], env: genai })
    await run.ask(revealing)
    expect(JSON.stringify(run.only())).not.toContain(marker)
  })
})

describe('a chat in the words of the conventions for generative AI', () => {
  const always = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'm',
    'gen_ai.provider.name': 'openai',
    'server.address': 'one.test',
    'server.port': 80,
    'gen_ai.response.id': 'c1',
    'gen_ai.response.model': 'm-2026',
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.usage.input_tokens': 162,
    'gen_ai.usage.output_tokens': 287,
    'gen_ai.usage.reasoning.output_tokens': 256,
  }

  it('is one span of a client', async () => {
    const run = traced({ answers: [json(callingTools)], env: genai })
    await run.ask(askingForTools)
    expect(run.only()).toMatchObject({ name: 'chat m', kind: 'client', ends: [{ ok: true }] })
    expect(run.only().attributes).toEqual(always)
  })

  it('has messages where they are captured', async () => {
    const run = traced({ answers: [json(callingTools)], env: capturing })
    await run.ask(askingForTools)
    const { attributes } = run.only()
    const read = (name: string) => JSON.parse(String(attributes[name]))
    expect(read('gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Weather in Boston?' }] },
    ])
    expect(read('gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: '{"city": "Boston"}' },
        ],
        finish_reason: 'tool_calls',
      },
    ])
    expect(read('gen_ai.tool.definitions')).toEqual([
      {
        type: 'function',
        name: 'get_weather',
        description: 'Weather',
        parameters: { type: 'object' },
      },
    ])
  })

  it('says the same of a stream as of a whole answer', async () => {
    const whole = traced({ answers: [json(completion('Hello'))], env: capturing })
    await whole.ask(hello)
    const streamed = traced({
      answers: [stream({ chunks: chatChunks(['Hel', 'lo']) })],
      env: capturing,
    })
    await streamed.ask(helloStream)
    expect(streamed.only().attributes).toEqual(whole.only().attributes)
    expect(streamed.only().events).toEqual([])
  })

  it('has parameters, 0 included', async () => {
    const run = traced({ answers: [json(completion('ok'))], env: genai })
    await run.ask({
      ...hello,
      temperature: 0,
      top_p: 0.5,
      seed: 7,
      n: 2,
      stop: '\n',
      max_tokens: 5,
      max_completion_tokens: 9,
    })
    expect(run.only().attributes).toMatchObject({
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_p': 0.5,
      'gen_ai.request.seed': 7,
      'gen_ai.request.choice.count': 2,
      'gen_ai.request.stop_sequences': ['\n'],
      'gen_ai.request.max_tokens': 9,
    })
  })

  it.each([
    [404, '404'],
    [502, '500'],
    [503, '500'],
    [418, '418'],
  ])('has the type of an error of %d, and no event', async (status, type) => {
    const answers = [json({ error: { message: marker } }, status)]
    const run = traced({ answers, env: genai })
    await run.ask(hello)
    const span = run.only()
    expect(span.attributes['error.type']).toBe(type)
    expect(span.ends).toEqual([{ ok: false, message: `Error code: ${status}` }])
    expect(span.events).toEqual([])
    const captured = traced({ answers, env: capturing })
    await captured.ask(hello)
    expect(captured.only().ends[0]).toMatchObject({ message: expect.stringContaining(marker) })
  })
})

describe('the vocabularies', () => {
  it('never mix', async () => {
    for (const [env, foreign] of [
      [{}, /^gen_ai\./m],
      [capturing, /^(llm|input|output|openinference)\./m],
    ] as const) {
      const run = traced({ answers: [json(callingTools)], env })
      await run.ask(askingForTools)
      expect(Object.keys(run.only().attributes).join('\n')).not.toMatch(foreign)
    }
  })
})
