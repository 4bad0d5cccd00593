import { describe, expect, it } from 'vitest'
import { GatewayError } from '../../../../src/errors.ts'
import type { ChatRequest } from '../../../../src/wire/openai/chat.ts'
import { checkChatRequest } from '../../../../src/wire/openai/check-chat.ts'

const prefix = 'malformed request: failed to parse JSON for /v1/chat/completions: '

/** What is wrong with the request, without the words that all messages begin with. */
function problem(request: Record<string, unknown>): string {
  try {
    checkChatRequest(request as ChatRequest)
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    expect([error.kind, error.status]).toEqual(['malformed-request', 400])
    expect(error.message.startsWith(prefix)).toBe(true)
    return error.message.slice(prefix.length)
  }
  return 'none'
}

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })
const assistant = (message: object) => ({ messages: [{ role: 'assistant', ...message }] })

it('takes a request that uses every known field', () => {
  const request = {
    model: 'm',
    messages: [
      { role: 'system', content: 'a', name: 'n' },
      {
        role: 'developer',
        content: [{ type: 'text', text: 'b', cache_control: 5 }, { text: 'c' }],
      },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'c' },
          { type: 'image_url', image_url: { url: 'u', detail: 'anything' } },
          { type: 'input_audio', input_audio: { data: 'd', format: 'anything' } },
          { type: 'audio_url', audio_url: { url: 'u' } },
          { type: 'video_url', video_url: { url: 'u' } },
          { type: 'file', file: { file_data: 'f', file_id: 'i', filename: 'n' } },
        ],
      },
      {
        role: 'assistant',
        content: { type: 'text', text: 'x' },
        refusal: 'r',
        audio: { id: 'a' },
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
        thinking_blocks: [{ type: 'thinking', thinking: 't', signature: 's' }],
      },
      { role: 'assistant', content: [{ type: 'made-up' }] },
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'r' }] },
    ],
    stream: true,
    stream_options: { include_usage: true, other: 1 },
    max_completion_tokens: 1,
    max_tokens: 2,
    temperature: 0.5,
    top_p: 1,
    stop: ['a'],
    tools: [
      { type: 'function', function: { name: 'f', parameters: 'anything', strict: true } },
      { type: 'google_search', google_search: { exclude_domains: ['a'] } },
      { type: 'image_generation' },
    ],
    tool_choice: { type: 'function', function: { name: 'f' } },
    service_tier: 'anything',
    reasoning_effort: 'anything',
    thinking: { type: 'adaptive', display: 'anything' },
    logit_bias: { 5: -100 },
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {}, strict: true } },
    prediction: { type: 'content', content: [{ type: 'text', text: 'p' }] },
    web_search_options: { user_location: { type: 'approximate', approximate: { city: 'c' } } },
    generationConfig: { media_resolution: 'x' },
    safetySettings: [{ category: 'c', threshold: 't' }],
    guided_json: [1],
    brand_new: { anything: true },
  }
  expect(checkChatRequest(request)).toBe(request)
})

it('takes null for an absent field', () => {
  expect(problem({ messages: null, tools: null, stop: null, thinking: null })).toBe('none')
  expect(problem(assistant({ content: null, tool_calls: null }))).toBe('none')
})

describe('messages', () => {
  it.each([
    [{ messages: 'x' }, 'expected an array (messages)'],
    [{ messages: [{ content: 'x' }] }, 'chat message does not have role (messages[0])'],
    [{ messages: [null] }, 'chat message does not have role (messages[0])'],
    [{ messages: [{ role: 5 }] }, 'chat message does not have role (messages[0])'],
    [
      { messages: [{ role: 'user', content: 'x' }, { role: 'function' }] },
      'unknown ChatCompletionMessageParam type: function (messages[1])',
    ],
    [
      { messages: [{ role: '__proto__' }] },
      'unknown ChatCompletionMessageParam type: __proto__ (messages[0])',
    ],
    [{ messages: [{ role: 'user', name: 5 }] }, 'expected a string (messages[0].name)'],
    [
      { messages: [{ role: 'system', content: 5 }] },
      'invalid content type (must be string or array of ChatCompletionContentPartTextParam) (messages[0].content)',
    ],
    [
      { messages: [{ role: 'developer', content: { type: 'text' } }] },
      'invalid content type (must be string or array of ChatCompletionContentPartTextParam) (messages[0].content)',
    ],
    [
      { messages: [{ role: 'tool', content: [5] }] },
      'cannot unmarshal content as []ChatCompletionContentPartTextParam: expected an object (messages[0].content[0])',
    ],
    [
      { messages: [{ role: 'tool', tool_call_id: 5 }] },
      'expected a string (messages[0].tool_call_id)',
    ],
    [
      user(5),
      'cannot unmarshal JSON data as string or array of content parts (messages[0].content)',
    ],
    [
      user([{ text: 'x' }]),
      'cannot unmarshal JSON data as string or array of content parts: chat content does not have type (messages[0].content[0])',
    ],
    [
      user([{ type: 'text', text: 'x' }, { type: 'hologram' }]),
      'cannot unmarshal JSON data as string or array of content parts: unknown ChatCompletionContentPartUnionParam type: hologram (messages[0].content[1])',
    ],
    [
      user([{ type: 'image_url', image_url: 'x' }]),
      'cannot unmarshal JSON data as string or array of content parts: expected an object (messages[0].content[0].image_url)',
    ],
    [
      assistant({ content: 5 }),
      'cannot unmarshal JSON data as string or assistant content parts: expected an object (messages[0].content)',
    ],
    [
      assistant({ content: [{ type: 'thinking', text: 5 }] }),
      'cannot unmarshal JSON data as string or assistant content parts: expected a string (messages[0].content[0].text)',
    ],
    [assistant({ tool_calls: {} }), 'expected an array (messages[0].tool_calls)'],
    [
      assistant({ tool_calls: [{ function: { arguments: {} } }] }),
      'expected a string (messages[0].tool_calls[0].function.arguments)',
    ],
    [
      assistant({ thinking_blocks: [{ signature: 1 }] }),
      'expected a string (messages[0].thinking_blocks[0].signature)',
    ],
  ])('%j: %s', (request, expected) => {
    expect(problem(request)).toBe(expected)
  })
})

describe('other fields', () => {
  it.each([
    [{ model: 5 }, 'expected a string (model)'],
    [{ stream: 'yes' }, 'expected true or false (stream)'],
    [{ stream_options: [] }, 'expected an object (stream_options)'],
    [{ max_tokens: 1.5 }, 'expected an integer (max_tokens)'],
    [{ max_completion_tokens: '9' }, 'expected an integer (max_completion_tokens)'],
    [{ temperature: '1' }, 'expected a number (temperature)'],
    [JSON.parse('{"top_p":1e400}'), 'expected a number (top_p)'],
    [{ stop: 5 }, 'expected a string or an array of strings (stop)'],
    [{ stop: ['a', 5] }, 'expected a string or an array of strings: expected a string (stop[1])'],
    [{ tools: {} }, 'expected an array (tools)'],
    [{ tools: ['f'] }, 'expected an object (tools[0])'],
    [{ tools: [{ function: { name: 5 } }] }, 'expected a string (tools[0].function.name)'],
    [
      { tool_choice: 5 },
      'tool choice must be either string or ChatCompletionNamedToolChoice (tool_choice)',
    ],
    [
      { tool_choice: ['auto'] },
      'tool choice must be either string or ChatCompletionNamedToolChoice (tool_choice)',
    ],
    [{ logit_bias: { 5: 0.5 } }, 'expected an integer (logit_bias["5"])'],
    [{ response_format: {} }, 'response format does not have type (response_format)'],
    [
      { response_format: { type: 'xml' } },
      'unsupported ChatCompletionResponseFormatType (response_format)',
    ],
    [{ thinking: {} }, 'thinking config does not have a type (thinking)'],
    [{ thinking: { type: 'hard' } }, 'invalid thinking union type: hard (thinking)'],
    [
      { thinking: { type: 'enabled', budget_tokens: 'x' } },
      'expected an integer (thinking.budget_tokens)',
    ],
    [{ generationConfig: 'x' }, 'expected an object (generationConfig)'],
    [{ safetySettings: [{ category: 5 }] }, 'expected a string (safetySettings[0].category)'],
    [{ guided_choice: [5] }, 'expected a string (guided_choice[0])'],
    [
      { prediction: { content: 5 } },
      'expected a string or an array of text parts (prediction.content)',
    ],
    [{ modalities: 'text' }, 'expected an array (modalities)'],
  ])('%j: %s', (request, expected) => {
    expect(problem(request)).toBe(expected)
  })
})

it('keeps the client’s own texts short in its message', () => {
  const role = 'r'.repeat(100_000)
  expect(problem({ messages: [{ role }] }).length).toBeLessThan(200)
})
