// What is hidden shows up nowhere in a span, whichever endpoint, answer or failure it is in.
import { describe, expect, it } from 'vitest'
import { endpoints } from '../../src/endpoints/index.ts'
import { createGateway } from '../../src/gateway.ts'
import { readHeaderAttributes } from '../../src/observe/header-attributes.ts'
import { readOtelSettings } from '../../src/observe/otel-settings.ts'
import { createVocabulary } from '../../src/observe/spans/vocabulary.ts'
import { createTracing } from '../../src/observe/tracing.ts'
import { backend, gatewaySpec, ref, rule } from '../support/gateway-spec.ts'
import { createRecordingTracer } from '../support/recording-tracer.ts'
import { type Answer, json, scriptedProvider, stream } from '../support/scripted-provider.ts'

const marker = 'MARKER'
/** An image is hidden where outputs are, not where their texts are. */
const picture = 'PICTURE'
const image = `data:image/png;base64,${marker}`

interface Case {
  /** A form where it is one, else JSON. */
  readonly request?: Readonly<Record<string, unknown>> | FormData
  readonly answer: Readonly<Record<string, unknown>> | string
  readonly events?: readonly Readonly<Record<string, unknown>>[]
  readonly schema?: 'OpenAI' | 'Cohere'
}

function form(name: string): FormData {
  const fields = new FormData()
  fields.set('model', 'm')
  fields.set('prompt', marker)
  fields.set(name, new Blob([marker]), 'a.bin')
  return fields
}

const toolCall = { id: 'c', type: 'function', function: { name: 'f', arguments: marker } }
const tools = [{ type: 'function', function: { name: 'f', description: marker } }]
const usage = { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }

const response = {
  id: 'r',
  object: 'response',
  model: 'm',
  instructions: marker,
  output: [
    {
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'output_text', text: marker },
        { type: 'refusal', refusal: marker },
      ],
    },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: marker },
    { type: 'custom_tool_call', call_id: 'c', name: 'f', input: marker },
    { type: 'reasoning', summary: [{ type: 'summary_text', text: marker }] },
  ],
  usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
}
const responseEvents = [
  { type: 'response.created', response: { ...response, output: [] } },
  { type: 'response.output_text.delta', output_index: 0, delta: marker },
]
const asked = {
  instructions: marker,
  prompt: { id: 'p', variables: { v: marker } },
  input: [
    { role: 'user', content: [{ type: 'input_text', text: marker }] },
    { role: 'user', content: [{ type: 'input_image', image_url: image }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: marker },
    { type: 'function_call_output', call_id: 'c', output: marker },
  ],
  tools: [{ type: 'function', name: 'f', description: marker }],
}
const transcript = [
  { type: 'transcript.text.delta', delta: marker },
  { type: 'transcript.text.done', text: marker },
]

const cases: Readonly<Record<(typeof endpoints)[number]['id'], Case>> = {
  'chat-completions': {
    request: {
      messages: [
        { role: 'system', content: marker },
        {
          role: 'user',
          content: [
            { type: 'text', text: marker },
            { type: 'image_url', image_url: { url: image } },
            { type: 'input_audio', input_audio: { data: marker, format: 'wav' } },
            { type: 'file', file: { file_data: marker } },
          ],
        },
        { role: 'assistant', content: null, refusal: marker, tool_calls: [toolCall] },
        { role: 'tool', tool_call_id: 'c', content: marker },
      ],
      prediction: { type: 'content', content: marker },
      tools,
    },
    answer: {
      id: 'c',
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            ...{ role: 'assistant', content: marker, refusal: marker, tool_calls: [toolCall] },
            ...{ reasoning_content: marker, audio: { data: marker, transcript: marker } },
          },
          finish_reason: 'stop',
        },
      ],
      usage,
    },
    events: [
      { id: 'c', choices: [{ index: 0, delta: { role: 'assistant', content: marker } }] },
      {
        id: 'c',
        choices: [{ index: 0, delta: { tool_calls: [{ index: 0, ...toolCall }] } }],
      },
    ],
  },
  completions: {
    request: { prompt: [marker, marker], suffix: marker },
    answer: { id: 'c', model: 'm', choices: [{ index: 0, text: marker }], usage },
    events: [{ id: 'c', choices: [{ index: 0, text: marker }] }],
  },
  embeddings: {
    request: { input: [marker] },
    answer: { model: 'm', data: [{ index: 0, embedding: [0.5] }], usage },
  },
  'images-generations': {
    request: { prompt: marker },
    answer: { data: [{ b64_json: picture, revised_prompt: marker }] },
    events: [{ type: 'image_generation.partial_image', b64_json: picture }],
  },
  'images-edits': {
    request: form('image'),
    answer: { data: [{ b64_json: picture, revised_prompt: marker }] },
  },
  'audio-speech': {
    request: { input: marker, instructions: marker, voice: 'v' },
    answer: marker,
    events: [{ type: 'speech.audio.delta', audio: marker }],
  },
  'audio-transcriptions': { request: form('file'), answer: { text: marker }, events: transcript },
  'audio-translations': { request: form('file'), answer: { text: marker } },
  responses: { request: asked, answer: response, events: responseEvents },
  'responses-input-tokens': { request: asked, answer: { input_tokens: 3 } },
  'responses-compact': { request: asked, answer: response },
  'response-get': { answer: response, events: responseEvents },
  'response-delete': { answer: { id: 'r', deleted: true } },
  'response-cancel': { answer: response },
  'response-input-items': { answer: { object: 'list', data: asked.input } },
  moderations: { request: { input: [marker] }, answer: { model: 'm', results: [] } },
  tokenize: { request: { prompt: marker }, answer: { count: 1, tokens: [1] } },
}

const hide = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`OPENINFERENCE_HIDE_${name}`, 'true']))

const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['inputs and outputs hidden', hide('INPUTS', 'OUTPUTS')],
  ['inputs and texts of outputs hidden', hide('INPUTS', 'OUTPUT_TEXT')],
  ['no messages captured', { AI_GATEWAY_TRACING_SEMCONV: 'gen_ai' }],
]

/** All that a span says; pictures where they are shown all the same are not looked at. */
const shownOf = (span: unknown, env: Readonly<Record<string, string>>) => {
  const text = JSON.stringify(span)
  return 'OPENINFERENCE_HIDE_OUTPUTS' in env || 'AI_GATEWAY_TRACING_SEMCONV' in env
    ? text
    : text.replaceAll(picture, '')
}

const error = { error: { message: marker, type: 'invalid_request_error', code: marker } }
const eventsOf = (events: readonly unknown[]) =>
  events.map((one) => `data: ${JSON.stringify(one)}\n\n`)

async function ask(id: string, env: Readonly<Record<string, string>>, answer: Answer, more = {}) {
  const endpoint = endpoints.find((one) => one.id === id)
  const found = Object.entries(cases).find(([name]) => name === id)?.[1]
  if (endpoint === undefined || found === undefined) throw new Error(id)
  const method = 'method' in endpoint ? (endpoint.method ?? 'POST') : 'POST'
  const tracer = createRecordingTracer()
  const settings = readOtelSettings({ OTEL_TRACES_EXPORTER: 'console', ...env })
  const gateway = createGateway({
    config: gatewaySpec([backend('one')], [rule([], [ref('one')])]),
    fetch: scriptedProvider(answer).fetch,
    observers: [
      createTracing({
        tracer,
        vocabulary: createVocabulary(settings, env).vocabulary,
        headerAttributes: readHeaderAttributes(env).span,
      }),
    ],
  })
  const { request } = found
  const streams = 'stream' in more ? '?stream=true' : ''
  if (request instanceof FormData && streams) request.set('stream', 'true')
  const body =
    request instanceof FormData ? request : JSON.stringify({ model: 'm', ...request, ...more })
  const url = `http://localhost:1975${endpoint.path.replace(':id', 'resp_1')}${request ? '' : streams}`
  const asking = new Request(url, {
    method,
    ...(method === 'POST' ? { body } : {}),
    ...(request instanceof FormData ? {} : { headers: { 'content-type': 'application/json' } }),
  })
  const answered = await gateway.fetch(asking)
  // What breaks is told apart elsewhere.
  await answered.text().catch(() => {})
  request instanceof FormData && request.delete('stream')
  expect(tracer.spans).toHaveLength(1)
  const [span] = tracer.spans
  expect(span?.ends).toHaveLength(1)
  return { span, status: answered.status }
}

describe.each(ways)('with %s', (_, env) => {
  describe.each(Object.entries(cases))('the span of %s', (id, { answer, events = [] }) => {
    const whole: Answer =
      typeof answer === 'string'
        ? () => new Response(answer, { headers: { 'content-type': 'audio/mpeg' } })
        : json(answer)

    it('says nothing of an answer', async () => {
      const { span, status } = await ask(id, env, whole)
      expect(status).toBe(200)
      expect(span?.ends).toEqual([{ ok: true }])
      expect(shownOf(span, env)).not.toMatch(/MARKER|PICTURE/)
    })

    it.each([400, 503])('says nothing of an error with %d', async (code) => {
      const { span } = await ask(id, env, json(error, code))
      expect(span?.ends).toMatchObject([{ ok: false }])
      expect(shownOf(span, env)).not.toMatch(/MARKER|PICTURE/)
    })

    if (events.length === 0) return
    it.each([
      ['ends', eventsOf(events), 'proper'],
      ['breaks', eventsOf(events), 'reset'],
      ['tells of an error', eventsOf([...events, error]), 'proper'],
      [
        'tells of an error in an event of its own',
        eventsOf([...events, { type: 'error', code: marker, message: marker }]),
        'proper',
      ],
      [
        'has failed',
        eventsOf([
          ...events,
          { type: 'response.failed', response: { status: 'failed', ...error } },
        ]),
        'proper',
      ],
    ] as const)('says nothing of a stream that %s', async (_, chunks, end) => {
      const { span } = await ask(id, env, stream({ chunks, end }), { stream: true })
      expect(shownOf(span, env)).not.toMatch(/MARKER|PICTURE/)
    })
  })
})

it.each(Object.keys(cases))('the span of %s says something where nothing is hidden', async (id) => {
  const { answer } = cases[id as keyof typeof cases]
  const { span } = await ask(id, {}, json(answer))
  expect(span?.attributes['openinference.span.kind']).toMatch(/^[A-Z_]+$/)
  expect(span?.attributes['input.value']).toBeDefined()
})
