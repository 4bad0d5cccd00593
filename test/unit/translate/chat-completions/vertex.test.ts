// Whatever JSON comes, from clients or from Vertex AI: a clean outcome; and whatever valid request comes: one that
// Gemini takes.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCancellation } from '../../../../src/cancellation.ts'
import { chatCompletions } from '../../../../src/endpoints/chat-completions.ts'
import { createTextBody } from '../../../../src/endpoints/raw-body.ts'
import { GatewayError } from '../../../../src/errors.ts'
import { createSseFrame } from '../../../../src/streams/frame.ts'
import { createSseWriter } from '../../../../src/streams/sse-writer.ts'
import type { Meter, StreamFailure } from '../../../../src/streams/stream-translator.ts'
import { chatToVertex } from '../../../../src/translate/chat-completions/gcp-vertexai.ts'
import type { Translation } from '../../../../src/translate/translator.ts'
import { instant, readText, send } from '../../simulate/support.ts'

const models = ['gemini-2.0-flash', 'gemini-2.5-pro', 'gemini-3-flash-preview'] as const

function translate(request: unknown, model: string): Translation {
  const text = JSON.stringify(request)
  const parsed = chatCompletions.parse(createTextBody(text, 'application/json'), {
    meterStream: false,
    fallbackModel: 'm',
  })
  return chatToVertex(
    {
      ...parsed,
      endpoint: chatCompletions,
      headers: new Headers(),
      client: createCancellation(),
    },
    {
      schema: { name: 'GCPVertexAI' },
      model,
      renamed: true,
      vars: { project: 'p', region: 'r' },
    },
  )
}

/** `undefined` for a refusal that a client can act upon. */
function tryTranslate(request: unknown, model: string): Translation | undefined {
  try {
    return translate(request, model)
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    expect(['malformed-request', 'invalid-request']).toContain(error.kind)
    return undefined
  }
}

const text = fc.string({ minLength: 1, maxLength: 8 })
const name = fc.constantFrom('get_weather', 'f', 'list-files')
const url = fc.constantFrom(
  'https://a.example/a.png',
  'gs://b/c.webp',
  'data:image/png;base64,iVBORw0K',
)
const userPart = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url }) }),
  fc.constant({ type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }),
  fc.constant({ type: 'file', file: { file_data: 'data:application/pdf;base64,QUJD' } }),
)
const user = fc.record({
  role: fc.constant('user'),
  content: fc.oneof(text, fc.array(userPart, { minLength: 1, maxLength: 3 })),
})
const system = fc.record({ role: fc.constantFrom('system', 'developer'), content: text })
const said = fc.record({ role: fc.constant('assistant'), content: text })
const called = fc
  .array(fc.record({ name, args: fc.dictionary(fc.constantFrom('a', 'b'), fc.jsonValue()) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((calls) => [
    {
      role: 'assistant',
      content: null,
      tool_calls: calls.map((call, index) => ({
        id: `c${index}`,
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.args) },
      })),
    },
    ...calls.map((_, index) => ({ role: 'tool', tool_call_id: `c${index}`, content: 'done' })),
  ])
const turn = fc.oneof(
  user.map((message) => [message]),
  fc.tuple(user, said),
  fc.tuple(user, called).map(([message, rest]) => [message, ...rest]),
  system.map((message) => [message]),
)
const schema = fc.constantFrom(
  { type: 'object', properties: { city: { type: 'string' } }, additionalProperties: false },
  {
    type: 'object',
    properties: { a: { $ref: '#/$defs/A' }, b: { type: ['string', 'null'] }, c: { const: 1 } },
    required: ['a'],
    $defs: { A: { oneOf: [{ type: 'string' }, { type: 'integer', exclusiveMinimum: 0 }] } },
  },
)
const tool = fc.record({
  type: fc.constant('function'),
  function: fc.record({ name, parameters: schema }),
})
const request = fc
  .record(
    {
      messages: fc
        .tuple(fc.array(turn, { maxLength: 3 }), user)
        .map(([turns, last]) => [...turns.flat(), last]),
      tools: fc.uniqueArray(tool, { selector: (each) => each.function.name, minLength: 1 }),
      tool_choice: fc.constantFrom('auto', 'none', 'required'),
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      top_p: fc.double({ min: 0, max: 1, noNaN: true }),
      max_tokens: fc.integer({ min: 1, max: 5000 }),
      n: fc.integer({ min: 1, max: 4 }),
      seed: fc.maxSafeInteger(),
      stop: fc.oneof(text, fc.array(text, { maxLength: 4 })),
      reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high'),
      response_format: fc.oneof(
        fc.constantFrom({ type: 'text' }, { type: 'json_object' }),
        schema.map((each) => ({ type: 'json_schema', json_schema: { name: 'n', schema: each } })),
      ),
      logprobs: fc.boolean(),
      user: fc.string(),
      metadata: fc.dictionary(fc.string(), fc.string()),
    },
    { requiredKeys: ['messages'] },
  )
  .map((each) => ({ model: 'm', ...each }))

describe('a valid chat request', () => {
  it.each(models)('becomes one that %s takes', async (model) => {
    await fc.assert(
      fc.asyncProperty(request, async (body) => {
        const translation = translate(body, model)
        const answer = await send(
          instant,
          `https://aiplatform.googleapis.com${translation.path}`,
          String(translation.body),
        )
        const answered = await readText(answer)
        expect(answer.status, answered).toBe(200)
        const head = {
          status: 200,
          headers: answer.headers,
          receivedAt: 0,
          uuid: () => 'u',
        }
        expect(translation.reply.whole?.(answered, head).value).toMatchObject({
          choices: Array.from({ length: body.n ?? 1 }, (_, index) => ({ index })),
        })
      }),
      { numRuns: 200 },
    )
  })
})

const full = {
  model: 'm',
  messages: [
    { role: 'system', content: [{ type: 'text', text: 's' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'u' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'high' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,QUJD', filename: 'a' } },
        { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
        { type: 'video_url', video_url: { url: 'gs://b/c.mp4' } },
      ],
    },
    {
      role: 'assistant',
      content: [{ type: 'thinking', text: 't', signature: 'QQ==' }],
      thinking_blocks: [{ type: 'thinking', thinking: 't', signature: 'QQ==' }],
      tool_calls: [
        {
          id: 'c',
          type: 'function',
          function: { name: 'f', arguments: '{"a":1}' },
          extra_content: { google: { thought_signature: 'QQ==' } },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }] },
  ],
  tools: [
    { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    { type: 'google_search', google_search: { exclude_domains: ['a'], time_range_filter: {} } },
  ],
  tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [{ name: 'f' }] } },
  response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
  thinking: { type: 'enabled', budget_tokens: 1 },
  generationConfig: { media_resolution: 'x' },
  safetySettings: [{ category: 'c' }],
  metadata: { a: 'b' },
  stop: ['a'],
  modalities: ['text'],
  audio: { voice: 'v' },
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsOf(each, [...path, key]))]
}

function replaceAt(value: unknown, path: Path, by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as object) }
  const members = copy as Record<string, unknown>
  members[String(key)] = replaceAt(members[String(key)], rest, by)
  return copy
}

const odd = [null, 0, -1.5, '', 'x', true, [], {}, [null], [[]], { a: 1 }, { type: 'x' }]

describe('a request with anything in any place', () => {
  const places = pathsOf(full).filter((path) => path.length > 0)

  it.each(models)('is translated for %s or refused', (model) => {
    expect(places.length).toBeGreaterThan(80)
    for (const place of places) {
      for (const value of odd) {
        const translation = tryTranslate(replaceAt(full, place, value), model)
        if (translation) expect(typeof JSON.parse(String(translation.body))).toBe('object')
      }
    }
  })
})

describe('an answer with anything in any place', () => {
  const answer = {
    responseId: 'r',
    createTime: '2026-01-05T08:00:00Z',
    modelVersion: 'v',
    candidates: [
      {
        index: 0,
        content: {
          role: 'model',
          parts: [
            { text: 't', thought: true, thoughtSignature: 'QQ==' },
            { functionCall: { id: 'i', name: 'f', args: { a: 1 } } },
            { inlineData: { mimeType: 'image/png', data: 'QQ==' } },
          ],
        },
        finishReason: 'STOP',
        safetyRatings: [{ category: 'c' }],
        groundingMetadata: {
          groundingChunks: [{ web: { uri: 'u', title: 't' } }],
          groundingSupports: [
            { segment: { startIndex: 0, endIndex: 1 }, groundingChunkIndices: [0] },
          ],
        },
        logprobsResult: {
          chosenCandidates: [{ token: 't', logProbability: -1 }],
          topCandidates: [{ candidates: [{ token: 't', logProbability: -1 }] }],
        },
      },
    ],
    promptFeedback: { blockReason: 'SAFETY' },
    usageMetadata: { promptTokenCount: 1, promptTokensDetails: [{ modality: 'TEXT' }] },
  }
  const head = { status: 200, headers: new Headers(), receivedAt: 0, uuid: () => 'u' }
  const { reply } = translate({ messages: [{ role: 'user', content: 'u' }] }, 'gemini-2.5-flash')
  const values = pathsOf(answer).flatMap((path) =>
    odd.map((value) => replaceAt(answer, path, value)),
  )

  it('is an answer or a failure of the provider', () => {
    for (const value of values) {
      try {
        reply.whole?.(JSON.stringify(value), head)
      } catch (error) {
        if (!GatewayError.is(error)) throw error
        expect(error.kind).toBe('upstream-protocol')
      }
    }
  })

  it('is chunks or a failure of the provider, as an event', () => {
    for (const value of values) {
      const stream = reply.stream?.(head)
      if (stream?.kind !== 'rewrite') throw new Error('no stream')
      const failures: StreamFailure[] = []
      const meter: Meter = {
        usage() {},
        model() {},
        wantsChunks: false,
        text() {},
        chunk() {},
        content() {},
        fail: (failure) => failures.push(failure),
      }
      const out = createSseWriter()
      stream.frame(createSseFrame(JSON.stringify(value), undefined), out, meter)
      stream.end(out, meter)
      expect(failures.length > 0 || out.take().endsWith('data: [DONE]\n\n')).toBe(true)
    }
  })
})
