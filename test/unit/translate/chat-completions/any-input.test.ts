// Whatever JSON comes, from clients or providers: a clean outcome, never an exception of another kind.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCancellation } from '../../../../src/cancellation.ts'
import { chatCompletions } from '../../../../src/endpoints/chat-completions.ts'
import type { Call } from '../../../../src/endpoints/endpoint.ts'
import { createTextBody } from '../../../../src/endpoints/raw-body.ts'
import { GatewayError } from '../../../../src/errors.ts'
import {
  createAwsEventStreamDecoder,
  encodeAwsFrame,
} from '../../../../src/streams/aws-event-stream.ts'
import { createSseFrame } from '../../../../src/streams/frame.ts'
import { createSseWriter } from '../../../../src/streams/sse-writer.ts'
import type { Frame, Meter } from '../../../../src/streams/stream-translator.ts'
import { chatToBedrock } from '../../../../src/translate/chat-completions/aws-bedrock.ts'
import { chatToOpenAI } from '../../../../src/translate/chat-completions/openai.ts'
import type { Target, Translation, Translator } from '../../../../src/translate/translator.ts'
import type { ChatRequest } from '../../../../src/wire/openai/chat.ts'

const claude = 'anthropic.claude-sonnet-4-5-v1:0'
const head = { status: 200, headers: new Headers(), receivedAt: 0, uuid: () => '' }

const targets: Readonly<Record<string, readonly [Translator<ChatRequest>, Target]>> = {
  bedrock: [
    chatToBedrock,
    { schema: { name: 'AWSBedrock' }, model: claude, renamed: true, vars: {} },
  ],
  nova: [
    chatToBedrock,
    { schema: { name: 'AWSBedrock' }, model: 'amazon.nova-2-lite', renamed: true, vars: {} },
  ],
  openai: [chatToOpenAI, { schema: { name: 'OpenAI' }, model: 'other', renamed: true, vars: {} }],
}

function translate(text: string, name: string): Translation {
  const parsed = chatCompletions.parse(createTextBody(text, 'application/json'), {
    meterStream: true,
    fallbackModel: undefined,
  })
  const call: Call<ChatRequest> = {
    ...parsed,
    endpoint: chatCompletions,
    headers: new Headers(),
    client: createCancellation(),
  }
  const [translator, target] = targets[name] ?? []
  if (!translator || !target) throw new Error(`no target ${name}`)
  return translator(call, target)
}

/** The status of a refusal; 200 for a body that is JSON. */
function outcome(text: string, name: string): number {
  try {
    const { body } = translate(text, name)
    expect(typeof JSON.parse(String(body))).toBe('object')
    return 200
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    expect(error.message).toMatch(/^(malformed request|invalid request body): ./)
    return error.status
  }
}

const full = {
  model: 'm',
  messages: [
    {
      role: 'system',
      content: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'u' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
        {
          type: 'file',
          file: { file_data: 'data:application/pdf;base64,QUJD', filename: 'a.pdf' },
        },
        { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
        { type: 'video_url', video_url: { url: 's3://b/c.mp4' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 't', signature: 's' },
        { type: 'refusal', refusal: 'r' },
      ],
      thinking_blocks: [
        { type: 'thinking', thinking: 't', signature: 's' },
        { type: 'redacted_thinking', data: 'QUJD' },
      ],
      tool_calls: [
        { id: 'c|1', type: 'function', function: { name: 'a.b', arguments: '{"x":1}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c|1', content: [{ type: 'text', text: 'r' }], is_error: true },
    { role: 'developer', content: 'd' },
  ],
  tools: [
    { type: 'function', function: { name: 'a.b', parameters: { type: 'object' }, strict: true } },
  ],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'a.b' } }] },
  },
  parallel_tool_calls: false,
  stop: ['x'],
  max_tokens: 2000,
  reasoning_effort: 'low',
  thinking: { type: 'enabled', budget_tokens: 1024 },
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
  service_tier: 'flex',
  additionalModelRequestFields: { a: 1 },
  guardrailConfig: { guardrailIdentifier: 'g' },
  stream: true,
}

/** Ways to all values inside. */
function listPaths(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [
    path,
    ...Object.entries(value).flatMap(([key, member]) => listPaths(member, [...path, key])),
  ]
}

function replaceAt(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  const copy = structuredClone(value) as Record<string, unknown>
  copy[key] = replaceAt(copy[key], rest, replacement)
  return copy
}

const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    'none',
    'auto',
    'data:',
    'data:image/png;base64,!',
    's3://',
    '{}',
    '[1]',
    '\ud800',
    '__proto__',
    [],
    {},
    [null],
    [[]],
    { type: 'text' },
    { type: 'constructor' },
    -1,
    1e21,
    0.5,
    true,
  ),
)
const keyed = fc.tuple(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'type', ''),
  oddValue,
)

describe.each(Object.keys(targets))('a request to %s', (name) => {
  it('that is right gives a body', () => {
    expect(outcome(JSON.stringify(full), name)).toBe(200)
  })

  it('that has anything in place of one of its values gives a body or a 4xx', () => {
    const paths = listPaths(full)
    fc.assert(
      fc.property(fc.constantFrom(...paths), oddValue, (path, value) => {
        const text = JSON.stringify(replaceAt(full, path, value)) ?? 'null'
        expect([200, 400, 422]).toContain(outcome(text, name))
      }),
      { numRuns: 700 },
    )
  })

  it('that has odd keys anywhere gives a body or a 4xx', () => {
    const paths = listPaths(full).filter((path) => {
      const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], full)
      return typeof value === 'object'
    })
    fc.assert(
      fc.property(fc.constantFrom(...paths), keyed, (path, [key, value]) => {
        const inner = path.reduce<unknown>(
          (at, step) => (at as Record<string, unknown>)[step],
          full,
        )
        // An own `__proto__` only comes from text.
        const member = `{${JSON.stringify(key)}:${JSON.stringify(value)}`
        const rest = Array.isArray(inner) ? '}' : `,${JSON.stringify(inner).slice(1)}`
        const marker = 'MARKER-OF-THE-TEST'
        const text = JSON.stringify(replaceAt(full, path, marker)).replace(
          JSON.stringify(marker),
          () => (rest === ',}' ? `${member}}` : member + rest),
        )
        expect([200, 400, 422]).toContain(outcome(text, name))
      }),
      { numRuns: 500 },
    )
  })

  it('that is any JSON or any text gives a body or a 4xx', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect([200, 400, 422]).toContain(outcome(text, name))
      }),
    )
  })

  it('that is nested 100,000 levels deep is a 400', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(outcome(`{"model":"m","messages":${deep}}`, name)).toBe(400)
  })
})

function silentMeter(): Meter {
  return {
    wantsChunks: true,
    text() {},
    usage() {},
    model() {},
    chunk() {},
    content() {},
    fail() {},
  }
}

const answer = {
  output: {
    message: {
      role: 'assistant',
      content: [
        { text: 'x' },
        { reasoningContent: { reasoningText: { text: 'a', signature: 's' } } },
        { toolUse: { toolUseId: 't', name: 'n', input: { a: 1 } } },
        { citationsContent: { content: [{ text: 'c' }], citations: [{ title: 't' }] } },
      ],
    },
  },
  stopReason: 'tool_use',
  serviceTier: { type: 'default' },
  usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3 },
}

const events = [
  ['messageStart', { role: 'assistant' }],
  [
    'contentBlockStart',
    { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'n' } } },
  ],
  [
    'contentBlockDelta',
    {
      contentBlockIndex: 0,
      delta: {
        text: 'x',
        toolUse: { input: '{}' },
        reasoningContent: { signature: 's' },
        citation: { title: 't' },
      },
    },
  ],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 1 } }],
] as const

describe('an answer of Bedrock', () => {
  const { reply } = translate(JSON.stringify(full), 'bedrock')

  it('that has anything in place of one of its values gives a body or a gateway error', () => {
    fc.assert(
      fc.property(fc.constantFrom(...listPaths(answer)), oddValue, (path, value) => {
        const text = JSON.stringify(replaceAt(answer, path, value)) ?? 'null'
        try {
          const whole = reply.whole?.(text, head)
          expect(JSON.parse(whole?.body ?? 'null')).toMatchObject({ object: 'chat.completion' })
        } catch (error) {
          if (!GatewayError.is(error)) throw error
          expect(error.status).toBeGreaterThanOrEqual(400)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that streams anything is written as JSON, or fails', () => {
    const event = fc.constantFrom(...events).chain(([type, payload]) =>
      fc.tuple(
        fc.constant(type),
        fc
          .tuple(fc.constantFrom(...listPaths(payload)), oddValue)
          .map(([path, value]) => replaceAt(payload, path, value)),
      ),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (list) => {
        const translator = reply.stream?.(head)
        if (translator?.kind !== 'rewrite') throw new Error('not a rewrite')
        const writer = createSseWriter()
        const decoder = createAwsEventStreamDecoder(
          (frame) => translator.frame(frame, writer, silentMeter()),
          1_000_000,
        )
        for (const [type, payload] of list) {
          const data = new TextEncoder().encode(JSON.stringify(payload))
          decoder.push(encodeAwsFrame({ ':event-type': type }, data))
        }
        translator.end(writer, silentMeter())
        for (const line of writer.take().split('\n\n')) {
          if (line !== '' && line !== 'data: [DONE]') JSON.parse(line.slice('data: '.length))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that is an error of any text is written as JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.string(), (body, type) => {
        const headers = {
          get: (name: string) => (name === 'content-type' ? 'application/json' : type),
          forEach() {},
        }
        JSON.parse(reply.error(body, { ...head, status: 500, headers }).body ?? '')
      }),
    )
  })
})

it('a tap is not tripped by any event', () => {
  const { reply } = translate('{"model":"m","stream":true}', 'openai')
  const tap = reply.stream?.(head)
  if (tap?.kind !== 'tap') throw new Error('not a tap')
  const chunk = {
    model: 'm',
    choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }],
    usage: { prompt_tokens: 1, prompt_tokens_details: {} },
    error: { code: 1 },
  }
  fc.assert(
    fc.property(fc.constantFrom(...listPaths(chunk)), oddValue, (path, value) => {
      const frame: Frame = createSseFrame(JSON.stringify(replaceAt(chunk, path, value)), undefined)
      expect(() => tap.frame(frame, silentMeter())).not.toThrow()
    }),
    { numRuns: 500 },
  )
})
