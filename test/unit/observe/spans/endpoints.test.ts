// What spans of each endpoint say, one case each: the golden attributes of a request and its answer.
import { describe, expect, it } from 'vitest'
import type { Call } from '../../../../src/endpoints/endpoint.ts'
import { createTextBody } from '../../../../src/endpoints/raw-body.ts'
import type { SeenReply } from '../../../../src/observe/observer.ts'
import { createGenaiVocabulary } from '../../../../src/observe/spans/genai/index.ts'
import { readHiding } from '../../../../src/observe/spans/openinference/hiding.ts'
import { createOpenInference } from '../../../../src/observe/spans/openinference/index.ts'
import type { Attributes, Vocabulary } from '../../../../src/observe/spans/span-set.ts'

type Json = Readonly<Record<string, unknown>>

function describeCall(
  vocabulary: Vocabulary,
  path: string,
  request: Json,
  answer: Json | string,
  contentType = 'application/json',
) {
  const [name = '', method] = path.split(' ').toReversed()
  // The cast: an endpoint has no other methods.
  const set = vocabulary.spansFor({ path: name, ...(method && { method: method as 'GET' }) })
  if (set === undefined) throw new Error(`${path} is not traced`)
  const text = JSON.stringify(request)
  const received = createTextBody(text, '')
  // The cast: span sets read no more of a call than this.
  const call = { request, model: String(request['model'] ?? '') } as Call
  const said = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const reply: SeenReply = {
    value: typeof answer === 'string' ? undefined : answer,
    bytes: said.length,
    contentType,
    text: () => said,
  }
  const compact = (attributes: Attributes) =>
    Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
  return {
    name: set.name,
    request: compact(set.request(call, received)),
    reply: compact(set.reply(reply)),
    text,
    said,
  }
}

const openinference = (env: Record<string, string> = {}) => createOpenInference(readHiding(env))
const json = 'application/json'

describe('OpenInference', () => {
  it('describes completions', () => {
    const request = { model: 'babbage', prompt: ['a', [1, 2], 'b'], n: 2 }
    const answer = {
      model: 'babbage:2',
      choices: [{ text: 'x' }, { text: '' }],
      usage: {
        prompt_tokens: 49,
        completion_tokens: 58,
        total_tokens: 107,
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    }
    const seen = describeCall(openinference(), '/v1/completions', request, answer)
    expect(seen).toMatchObject({
      name: 'Completion',
      request: {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': 'babbage',
        'input.value': seen.text,
        'input.mime_type': json,
        'llm.invocation_parameters': '{"model":"babbage","n":2}',
        'llm.prompts.0.prompt.text': 'a',
        'llm.prompts.2.prompt.text': 'b',
      },
      reply: {
        'llm.model_name': 'babbage:2',
        'llm.choices.0.completion.text': 'x',
        'llm.choices.1.completion.text': '',
        'llm.token_count.prompt': 49,
        'llm.token_count.completion': 58,
        'llm.token_count.total': 107,
      },
    })
    expect(Object.keys(seen.reply).join()).not.toContain('details')
  })

  it('describes embeddings, vectors in base64 too', () => {
    // 1.5 and -2 as 32-bit floats, least byte first.
    const base64 = Buffer.from(new Float32Array([1.5, -2]).buffer).toString('base64')
    const request = { model: 'e', input: ['a', 'b', 'c'], encoding_format: 'base64' }
    const answer = {
      model: 'e-1',
      data: [{ embedding: base64 }, { embedding: [0, 0.5] }, { embedding: '' }],
      usage: { prompt_tokens: 7, total_tokens: 7 },
    }
    const seen = describeCall(openinference(), '/v1/embeddings', request, answer)
    expect(seen.request).toEqual({
      'openinference.span.kind': 'EMBEDDING',
      'input.value': seen.text,
      'input.mime_type': json,
      'embedding.invocation_parameters': '{"model":"e","encoding_format":"base64"}',
      'embedding.embeddings.0.embedding.text': 'a',
      'embedding.embeddings.1.embedding.text': 'b',
      'embedding.embeddings.2.embedding.text': 'c',
    })
    expect(seen.reply).toEqual({
      'embedding.model_name': 'e-1',
      'embedding.embeddings.0.embedding.vector': [1.5, -2],
      'embedding.embeddings.1.embedding.vector': [0, 0.5],
      'llm.token_count.prompt': 7,
      'llm.token_count.total': 7,
      'output.value': seen.said,
      'output.mime_type': json,
    })
    const env = {
      OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS: 'true',
      OPENINFERENCE_HIDE_EMBEDDINGS_TEXT: 'true',
    }
    const hidden = describeCall(openinference(env), '/v1/embeddings', request, answer)
    expect(JSON.stringify(hidden.request)).not.toContain('"a"')
    expect(hidden.reply['output.value']).not.toContain(base64)
    expect(Object.keys(hidden.reply).join()).not.toContain('vector')
  })

  it('describes responses, item by item', () => {
    const request = {
      model: 'm',
      instructions: 'Be brief',
      temperature: 1,
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Hi' },
            { type: 'input_image', image_url: 'https://x/y.png' },
          ],
        },
        { type: 'item_reference', id: 'x' },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'done' },
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'so' }] },
      ],
    }
    const answer = {
      model: 'm-1',
      output: [
        { type: 'reasoning', summary: [{ text: 'thus' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
        { type: 'web_search_call', id: 'ws' },
      ],
      usage: {
        input_tokens: 3,
        output_tokens: 0,
        total_tokens: 3,
        input_tokens_details: { cached_tokens: 2 },
      },
    }
    const seen = describeCall(openinference(), '/v1/responses', request, answer)
    const at = 'llm.input_messages'
    expect(seen.request).toEqual({
      'openinference.span.kind': 'LLM',
      'llm.system': 'openai',
      'llm.model_name': 'm',
      'input.value': seen.text,
      'input.mime_type': json,
      'llm.invocation_parameters': '{"model":"m","temperature":1}',
      [`${at}.0.message.role`]: 'system',
      [`${at}.0.message.content`]: 'Be brief',
      [`${at}.1.message.role`]: 'user',
      [`${at}.1.message.contents.0.message_content.type`]: 'text',
      [`${at}.1.message.contents.0.message_content.text`]: 'Hi',
      [`${at}.1.message.contents.1.message_content.type`]: 'image',
      [`${at}.1.message.contents.1.message_content.image.image.url`]: 'https://x/y.png',
      [`${at}.3.message.role`]: 'assistant',
      [`${at}.3.message.tool_calls.0.tool_call.id`]: 'c',
      [`${at}.3.message.tool_calls.0.tool_call.function.name`]: 'f',
      [`${at}.3.message.tool_calls.0.tool_call.function.arguments`]: '{}',
      [`${at}.4.message.role`]: 'tool',
      [`${at}.4.tool_call.id`]: 'c',
      [`${at}.4.message.tool_call_id`]: 'c',
      [`${at}.4.message.content`]: 'done',
      [`${at}.5.message.role`]: 'assistant',
      [`${at}.5.message.contents.0.message_content.type`]: 'text',
      [`${at}.5.message.contents.0.message_content.text`]: 'so',
    })
    expect(seen.reply).toEqual({
      'llm.model_name': 'm-1',
      'output.value': seen.said,
      'output.mime_type': json,
      'llm.output_messages.0.message.contents.0.message_content.type': 'text',
      'llm.output_messages.0.message.contents.0.message_content.text': 'thus',
      'llm.output_messages.1.message.role': 'assistant',
      'llm.output_messages.1.message.contents.0.message_content.type': 'text',
      'llm.output_messages.1.message.contents.0.message_content.text': 'Hello',
      'llm.output_messages.2.message.role': 'assistant',
      'llm.output_messages.2.message.tool_calls.0.tool_call.id': 'ws',
      'llm.output_messages.2.message.tool_calls.0.tool_call.function.name': 'web_search_call',
      'llm.token_count.prompt': 3,
      'llm.token_count.total': 3,
      'llm.token_count.prompt_details.cache_read': 2,
    })
  })

  it('describes messages, block by block, with all that was read counted as prompt', () => {
    const request = {
      model: 'claude',
      max_tokens: 9,
      system: 'Secret rules',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'done' }] },
          ],
        },
      ],
      tools: [{ name: 'f', input_schema: {} }],
    }
    const answer = {
      role: 'assistant',
      model: 'claude-1',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', id: 't2', name: 'g' },
      ],
      usage: {
        input_tokens: 5,
        output_tokens: 0,
        cache_read_input_tokens: 3,
        cache_creation_input_tokens: 2,
      },
    }
    const seen = describeCall(openinference(), '/v1/messages', request, answer)
    expect(seen.request).toMatchObject({
      'llm.system': 'anthropic',
      'llm.invocation_parameters': '{"model":"claude","max_tokens":9,"system":"Secret rules"}',
      'llm.input_messages.0.message.contents.0.message_content.text': 'Look',
      'llm.input_messages.0.message.contents.1.message_content.image.image.url':
        'data:image/png;base64,AAAA',
      'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments': '{"a":1}',
      'llm.input_messages.2.message.tool_call_id': 't',
      'llm.input_messages.2.message.content': 'done',
      'llm.tools.0.tool.json_schema': '{"name":"f","input_schema":{}}',
    })
    expect(seen.reply).toEqual({
      'llm.model_name': 'claude-1',
      'output.value': seen.said,
      'output.mime_type': json,
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.1.message.role': 'assistant',
      'llm.output_messages.1.message.content': 'Hi',
      'llm.output_messages.2.message.role': 'assistant',
      'llm.output_messages.2.message.tool_calls.0.tool_call.id': 't2',
      'llm.output_messages.2.message.tool_calls.0.tool_call.function.name': 'g',
      'llm.output_messages.2.message.tool_calls.0.tool_call.function.arguments': '{}',
      'llm.token_count.prompt': 10,
      'llm.token_count.prompt_details.cache_read': 3,
      'llm.token_count.prompt_details.cache_creation': 2,
      'llm.token_count.completion': 0,
      'llm.token_count.total': 10,
    })
    for (const flag of ['INPUTS', 'INPUT_MESSAGES', 'INPUT_TEXT']) {
      const env = { [`OPENINFERENCE_HIDE_${flag}`]: 'true' }
      const hidden = describeCall(openinference(env), '/v1/messages', request, answer)
      expect(JSON.stringify(hidden.request)).not.toContain('Secret rules')
    }
  })

  it('describes messages without usage', () => {
    const seen = describeCall(openinference(), '/v1/messages', { model: 'c' }, { content: [] })
    expect(Object.keys(seen.reply).join()).not.toContain('token_count')
  })

  it('describes what counts tokens', () => {
    const request = { model: 'c', messages: [] }
    const seen = describeCall(openinference(), '/v1/messages/count_tokens', request, {
      input_tokens: 0,
    })
    expect(seen).toMatchObject({
      name: 'CountTokens',
      request: { 'openinference.span.kind': 'TOKEN_COUNTER', 'llm.system': 'anthropic' },
      reply: { 'llm.token_count.prompt': 0 },
    })
    const env = { OPENINFERENCE_HIDE_INPUTS: 'true' }
    const hidden = describeCall(openinference(env), '/v1/responses/input_tokens', request, {})
    expect(hidden.name).toBe('ResponsesInputTokens')
    expect(hidden.request).not.toHaveProperty('input.value')
  })

  it('describes what is judged, as a guardrail', () => {
    const request = { model: 'omni', input: ['text'] }
    const answer = { model: 'omni-2024', results: [{ flagged: true }] }
    const seen = describeCall(openinference(), '/v1/moderations', request, answer)
    expect(seen).toMatchObject({
      name: 'Moderation',
      request: {
        'openinference.span.kind': 'GUARDRAIL',
        'llm.model_name': 'omni',
        'input.value': seen.text,
      },
      reply: { 'llm.model_name': 'omni-2024', 'output.value': seen.said },
    })
  })

  it.each([
    ['GET /v1/responses/:id', 'ResponsesRetrieve', 'responses_get'],
    ['DELETE /v1/responses/:id', 'ResponsesDelete', 'responses_delete'],
    ['/v1/responses/:id/cancel', 'ResponsesCancel', 'responses_cancel'],
    ['GET /v1/responses/:id/input_items', 'ResponsesInputItems', 'responses_input_items'],
  ])('describes %s without counting its tokens again', (path, name, operation) => {
    const request = { suffix: 'responses/resp_1', search: '?include=x' }
    const answer = { id: 'resp_1', model: 'm-1', output: [], usage: { input_tokens: 3 } }
    const seen = describeCall(openinference(), path, request, answer)
    expect(seen).toMatchObject({
      name,
      request: {
        'openinference.span.kind': 'CHAIN',
        'llm.system': 'openai',
        'input.value': 'responses/resp_1?include=x',
      },
      reply: { 'llm.model_name': 'm-1', 'output.value': seen.said },
    })
    expect(Object.keys(seen.reply).join()).not.toContain('token_count')
    const genai = describeCall(createGenaiVocabulary(false), path, request, answer)
    expect(genai.request).toMatchObject({ 'gen_ai.operation.name': operation })
  })

  it('describes images, without the long ones', () => {
    const request = { model: 'gpt-image', prompt: 'A fox', size: '1x1' }
    const answer = {
      data: [{ b64_json: 'A'.repeat(40_000) }],
      usage: { input_tokens: 2, output_tokens: 3, total_tokens: 5 },
    }
    const seen = describeCall(openinference(), '/v1/images/generations', request, answer)
    expect(seen.request).toMatchObject({
      'llm.model_name': 'gpt-image',
      'llm.invocation_parameters': '{"model":"gpt-image","size":"1x1"}',
    })
    expect(seen.reply).toMatchObject({
      'output.value': expect.stringContaining('"b64_json":"__REDACTED__"'),
      'llm.token_count.prompt': 2,
      'llm.token_count.total': 5,
    })
  })

  it('describes speech by its size alone', () => {
    const request = { model: 'tts', input: 'Read this', voice: 'alloy' }
    const seen = describeCall(openinference(), '/v1/audio/speech', request, 'ABC', 'audio/wav')
    expect(seen.request).toMatchObject({
      'input.value':
        '{"input":"Read this","instructions":"","response_format":"","speed":null,"voice":"alloy"}',
      'llm.invocation_parameters': '{"model":"tts","voice":"alloy"}',
    })
    expect(seen.reply).toEqual({ 'output.mime_type': 'audio/wav', 'output.audio_bytes': 3 })
    const env = { OPENINFERENCE_HIDE_OUTPUTS: 'true' }
    expect(describeCall(openinference(env), '/v1/audio/speech', request, 'ABC').reply).toEqual({})
  })

  it('describes a form by its fields, and its file by name and size', () => {
    const fields: Record<string, string> = { model: 'whisper', language: 'de' }
    const form = {
      parts: [
        { name: 'model', filename: undefined, from: 0, to: 1 },
        { name: 'language', filename: undefined, from: 0, to: 1 },
        { name: 'file', filename: 'a.mp3', from: 10, to: 52 },
      ],
      text: (name: string) => fields[name],
    }
    const request = { model: 'whisper', form }
    const answer = { text: 'Hallo', duration: 1.5, language: 'german' }
    const seen = describeCall(openinference(), '/v1/audio/transcriptions', request, answer)
    expect(JSON.parse(String(seen.request['input.value']))).toEqual({
      model: 'whisper',
      language: 'de',
      file_name: 'a.mp3',
      file_size: 42,
    })
    expect(seen.reply).toEqual({
      'output.value': 'Hallo',
      'output.mime_type': 'text/plain',
      'output.audio_duration': 1.5,
      'output.language': 'german',
    })
    const subtitles = describeCall(
      openinference(),
      '/v1/audio/translations',
      request,
      '1\nHi',
      'text/plain',
    )
    expect(subtitles.reply['output.value']).toBe('1\nHi')
  })

  it('describes rerank, with the documents in the order of the answer', () => {
    const request = { model: 'rerank', query: 'q', documents: ['a', '', 'c'], top_n: 2 }
    const answer = {
      results: [
        { index: 2, relevance_score: 0.9 },
        { index: 0, relevance_score: 0.1 },
      ],
      meta: { tokens: { input_tokens: 4 } },
    }
    const seen = describeCall(openinference(), '/v2/rerank', request, answer)
    expect(seen.request).toMatchObject({
      'openinference.span.kind': 'RERANKER',
      'llm.system': 'cohere',
      'reranker.model_name': 'rerank',
      'reranker.top_k': 2,
      'reranker.query': 'q',
      'reranker.input_documents.0.document.content': 'a',
      'reranker.input_documents.2.document.content': 'c',
    })
    expect(seen.request).not.toHaveProperty('reranker.input_documents.1.document.content')
    expect(seen.reply).toMatchObject({
      'reranker.output_documents.0.document.score': 0.9,
      'reranker.output_documents.0.document.id': '2',
      'llm.token_count.prompt': 4,
      'llm.token_count.total': 4,
    })
    const env = { OPENINFERENCE_HIDE_INPUTS: 'true' }
    expect(
      describeCall(openinference(env), '/v2/rerank', request, answer).request,
    ).not.toHaveProperty('reranker.query')
  })

  it('describes tokenize in both forms', () => {
    const plain = describeCall(
      openinference(),
      '/tokenize',
      { model: 'm', prompt: 'a' },
      { count: 0, max_model_len: 9, tokens: [1, 2] },
    )
    expect(plain.request).toMatchObject({
      'tokenize.request_type': 'completion',
      'tokenize.add_special_tokens': true,
    })
    expect(plain.reply).toMatchObject({
      'tokenize.token_count': 0,
      'tokenize.max_model_len': 9,
      'tokenize.tokens_returned': 2,
    })
    const chat = describeCall(
      openinference(),
      '/tokenize',
      { model: 'm', messages: [{}, {}], return_token_strs: false },
      {},
    )
    expect(chat.request).toMatchObject({
      'tokenize.request_type': 'chat',
      'tokenize.add_generation_prompt': true,
      'tokenize.continue_final_message': false,
      'tokenize.add_special_tokens': false,
      'tokenize.message_count': 2,
      'tokenize.return_token_strs': false,
    })
  })
})

describe('the conventions for generative AI', () => {
  const open = createGenaiVocabulary(true)
  const closed = createGenaiVocabulary(false)
  const read = (value: unknown) => JSON.parse(String(value))

  it('describe messages with their own counts', () => {
    const request = {
      model: 'c',
      max_tokens: 9,
      top_k: 3,
      stop_sequences: ['x'],
      system: [{ type: 'text', text: 'S' }],
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'done' }] },
      ],
    }
    const answer = {
      id: 'm',
      role: 'assistant',
      model: 'c-1',
      stop_reason: 'end_turn',
      content: [{ type: 'thinking' }, { type: 'text', text: 'Hi' }],
      usage: { input_tokens: 5, output_tokens: 2, cache_read_input_tokens: 3 },
    }
    const seen = describeCall(open, '/v1/messages', request, answer)
    expect(seen.name).toBe('chat')
    expect(seen.request).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.top_k': 3,
      'gen_ai.request.max_tokens': 9,
      'gen_ai.request.stop_sequences': ['x'],
    })
    expect(read(seen.request['gen_ai.system_instructions'])).toEqual([
      { type: 'text', content: 'S' },
    ])
    expect(read(seen.request['gen_ai.input.messages'])).toEqual([
      { role: 'user', parts: [{ type: 'tool_call_response', id: 't', content: 'done' }] },
    ])
    expect(seen.reply).toMatchObject({
      'gen_ai.usage.input_tokens': 5,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.response.finish_reasons': ['end_turn'],
    })
    expect(read(seen.reply['gen_ai.output.messages'])).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'reasoning' }, { type: 'text', content: 'Hi' }],
        finish_reason: 'end_turn',
      },
    ])
    const shut = describeCall(closed, '/v1/messages', request, answer)
    expect(Object.keys({ ...shut.request, ...shut.reply }).join()).not.toMatch(
      /messages|instructions|definitions/,
    )
  })

  it('describe responses, their input too', () => {
    const request = {
      model: 'm',
      input: 'Hi',
      instructions: 'S',
      conversation: { id: 'conv' },
      tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }],
    }
    const answer = {
      id: 'r',
      model: 'm-1',
      status: 'completed',
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Yo' }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      ],
      usage: { input_tokens: 1, output_tokens: 2 },
    }
    const seen = describeCall(open, '/v1/responses', request, answer)
    expect(seen.request).toMatchObject({ 'gen_ai.conversation.id': 'conv' })
    expect(read(seen.request['gen_ai.input.messages'])).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    ])
    expect(read(seen.request['gen_ai.tool.definitions'])).toEqual([
      { type: 'function', name: 'f' },
      { type: 'web_search' },
    ])
    expect(read(seen.reply['gen_ai.output.messages'])).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', content: 'Yo' },
          { type: 'tool_call', id: 'c', name: 'f', arguments: '{}' },
        ],
      },
    ])
  })

  it('describe completions by prompts and texts', () => {
    const seen = describeCall(
      open,
      '/v1/completions',
      { model: 'm', prompt: [[1, 2], 'b', ''] },
      { choices: [{ text: 'x', finish_reason: 'stop' }] },
    )
    expect(seen.name).toBe('text_completion')
    expect(read(seen.request['gen_ai.input.messages'])).toEqual([
      { role: 'user', parts: [{ type: 'text', content: '<2 tokens>' }] },
      { role: 'user', parts: [{ type: 'text', content: 'b' }] },
    ])
    expect(seen.reply['gen_ai.response.finish_reasons']).toEqual(['stop'])
  })

  it('describe embeddings by their dimensions', () => {
    const seen = describeCall(
      open,
      '/v1/embeddings',
      { model: 'e', encoding_format: 'float' },
      { data: [{ embedding: [1, 2, 3] }] },
    )
    expect(seen.request['gen_ai.request.encoding_formats']).toEqual(['float'])
    expect(seen.reply['gen_ai.embeddings.dimension.count']).toBe(3)
  })

  it.each([
    ['/v1/images/generations', 'image_generation'],
    ['/v1/audio/speech', 'speech'],
    ['/v1/audio/transcriptions', 'transcription'],
    ['/v1/audio/translations', 'translation'],
    ['/v2/rerank', 'rerank'],
    ['/tokenize', 'tokenize'],
  ])('say little of %s', (path, operation) => {
    const seen = describeCall(open, path, { model: 'm', prompt: 'secret' }, { data: [] })
    expect(seen.request).toEqual({
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': 'm',
    })
    expect(seen.reply).toEqual({})
  })
})
