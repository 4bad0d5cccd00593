// What the golden cases leave out of chat completions by Claude: headers, and what nobody would send.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCancellation } from '../../../../src/cancellation.ts'
import { chatCompletions } from '../../../../src/endpoints/chat-completions.ts'
import { createTextBody } from '../../../../src/endpoints/raw-body.ts'
import { GatewayError } from '../../../../src/errors.ts'
import { createSseFrame } from '../../../../src/streams/frame.ts'
import { createSseWriter } from '../../../../src/streams/sse-writer.ts'
import type { Meter } from '../../../../src/streams/stream-translator.ts'
import { chatToAnthropic } from '../../../../src/translate/chat-completions/anthropic.ts'
import { chatToAwsAnthropic } from '../../../../src/translate/chat-completions/aws-anthropic.ts'
import { chatToGcpAnthropic } from '../../../../src/translate/chat-completions/gcp-anthropic.ts'
import type { Target, Translation, Translator } from '../../../../src/translate/translator.ts'
import type { ChatRequest } from '../../../../src/wire/openai/chat.ts'
import { instant, readText, send } from '../../simulate/support.ts'

const platforms = {
  Anthropic: [chatToAnthropic, 'https://api.anthropic.com'],
  GCPAnthropic: [chatToGcpAnthropic, 'https://us-east5-aiplatform.googleapis.com'],
  AWSAnthropic: [chatToAwsAnthropic, 'https://bedrock-runtime.us-east-1.amazonaws.com'],
} satisfies Record<string, readonly [Translator<ChatRequest>, string]>
type Platform = keyof typeof platforms
const names = Object.keys(platforms) as Platform[]

function translate(
  text: string,
  platform: Platform,
  headers: Record<string, string> = {},
): Translation {
  const [translator] = platforms[platform]
  const target: Target = {
    schema: { name: platform },
    model: 'anthropic.claude-sonnet-4-5',
    renamed: true,
    vars: { project: 'p', region: 'us-east5' },
  }
  const parsed = chatCompletions.parse(createTextBody(text, 'application/json'), {
    meterStream: true,
    fallbackModel: undefined,
  })
  return translator(
    {
      ...parsed,
      endpoint: chatCompletions,
      headers: new Headers(headers),
      client: createCancellation(),
    },
    target,
  )
}

const bodyOf = ({ body }: Translation): Record<string, unknown> => JSON.parse(String(body))
const plain = '{"model":"m","messages":[{"role":"user","content":"Hi"}]}'

describe('headers', () => {
  it('say the version that the client asks for, to Anthropic', () => {
    const { headers } = translate(plain, 'Anthropic', { 'anthropic-version': '2030-01-01' })
    expect(headers?.['anthropic-version']).toBe('2030-01-01')
  })

  it('leave betas to the client where nothing has to be added', () => {
    const { headers } = translate(plain, 'Anthropic', { 'anthropic-beta': 'a,b' })
    expect(headers).not.toHaveProperty('anthropic-beta')
  })

  it.each([
    [{}, 'files-api-2025-04-14'],
    [{ 'anthropic-beta': 'a, b' }, 'a,b,files-api-2025-04-14'],
    [{ 'anthropic-beta': 'files-api-2025-04-14' }, 'files-api-2025-04-14'],
  ])('of %j with a file say %s', (given, betas) => {
    const content = [{ type: 'file', file: { file_id: 'file_1' } }]
    const text = JSON.stringify({ model: 'm', messages: [{ role: 'user', content }] })
    expect(translate(text, 'Anthropic', given).headers?.['anthropic-beta']).toBe(betas)
  })

  it('become a part of the body for Bedrock, as far as it knows them', () => {
    const given = { 'anthropic-beta': 'context-1m-2025-08-07,files-api-2025-04-14' }
    expect(bodyOf(translate(plain, 'AWSAnthropic', given)).anthropic_beta).toEqual([
      'context-1m-2025-08-07',
    ])
    expect(bodyOf(translate(plain, 'AWSAnthropic'))).not.toHaveProperty('anthropic_beta')
  })
})

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
        { type: 'file', file: { file_data: 'data:text/plain;base64,QUJD', filename: 'a.txt' } },
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
      reasoning_content: { reasoningContent: { redactedContent: 'QUJD' } },
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
  temperature: 0.5,
  reasoning_effort: 'low',
  thinking: { type: 'enabled', budget_tokens: 1024 },
  response_format: {
    type: 'json_schema',
    json_schema: {
      name: 'n',
      schema: { type: 'object', properties: { a: { anyOf: [{ type: 'object' }] } } },
    },
  },
  service_tier: 'default',
  user: 'u',
  n: 1,
  cache_control: { type: 'ephemeral' },
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
    ...[null, '', ' ', 'none', 'any', 'data:', 'data:,%', 'data:image/png;base64,!', '{}', '[1]'],
    ...['\ud800', '__proto__', [], {}, [null], [[]], -1, 1e21, 0.5, true],
    ...[{ type: 'text' }, { type: 'object' }, { type: 'constructor' }],
  ),
)

describe.each(names)('a request to %s', (platform) => {
  it('that says all that can be said is one that Claude takes', async () => {
    const translation = translate(JSON.stringify(full), platform)
    const [, origin] = platforms[platform]
    const answer = await send(instant, origin + translation.path, String(translation.body))
    expect([answer.status, await readText(answer)]).toEqual([200, expect.any(String)])
  })

  it('that has anything in place of one of its values gives a body or a 4xx', () => {
    fc.assert(
      fc.property(fc.constantFrom(...listPaths(full)), oddValue, (path, value) => {
        const text = JSON.stringify(replaceAt(full, path, value)) ?? 'null'
        try {
          expect(bodyOf(translate(text, platform)).max_tokens).toBeTypeOf('number')
        } catch (error) {
          if (!GatewayError.is(error)) throw error
          expect(error.message).toMatch(/^(malformed request|invalid request body): ./)
          expect([400, 422]).toContain(error.status)
        }
      }),
      { numRuns: 500 },
    )
  })
})

const head = { status: 200, headers: new Headers(), receivedAt: 0, uuid: () => '' }
const answer = {
  id: 'msg_1',
  role: 'assistant',
  model: 'c',
  content: [
    { type: 'text', text: 'x', citations: [{ url: 'https://x', title: 't' }] },
    { type: 'thinking', thinking: 'a', signature: 's' },
    { type: 'redacted_thinking', data: 's' },
    { type: 'tool_use', id: 't', name: 'n', input: { a: 1 } },
  ],
  stop_reason: 'tool_use',
  usage: { input_tokens: 1, output_tokens: 2, output_tokens_details: { thinking_tokens: 1 } },
}

const events = [
  { type: 'message_start', message: { id: 'msg_1', model: 'c', usage: { input_tokens: 1 } } },
  {
    type: 'content_block_start',
    index: 0,
    content_block: { type: 'tool_use', id: 't', name: 'n', input: { a: 1 } },
  },
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'redacted_thinking', data: 'x' },
  },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'x' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'x' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: {} } },
  { type: 'ping' },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
  { type: 'error', error: { type: 'api_error', message: 'x' } },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 1 } },
]

const silentMeter: Meter = {
  wantsChunks: true,
  text() {},
  usage() {},
  model() {},
  chunk() {},
  content() {},
  fail() {},
}

describe('an answer of Claude', () => {
  const { reply } = translate(plain, 'Anthropic')

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
    const event = fc
      .constantFrom(...events)
      .chain((value) =>
        fc
          .tuple(fc.constantFrom(...listPaths(value)), oddValue)
          .map(([path, odd]) => replaceAt(value, path, odd)),
      )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (list) => {
        const translator = reply.stream?.(head)
        if (translator?.kind !== 'rewrite') throw new Error('not a rewrite')
        const writer = createSseWriter()
        for (const value of list) {
          const frame = createSseFrame(JSON.stringify(value) ?? 'null', undefined)
          translator.frame(frame, writer, silentMeter)
        }
        translator.end(writer, silentMeter)
        for (const line of writer.take().split('\n\n')) {
          if (line !== '' && line !== 'data: [DONE]') JSON.parse(line.slice('data: '.length))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that is an error of any text is written as JSON', () => {
    const headers = new Headers({ 'content-type': 'application/json' })
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (body) => {
        for (const platform of names) {
          const translation = translate(plain, platform)
          JSON.parse(translation.reply.error(body, { ...head, status: 500, headers }).body ?? '')
        }
      }),
    )
  })
})
