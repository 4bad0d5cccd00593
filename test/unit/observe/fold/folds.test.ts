import { describe, expect, it } from 'vitest'
import { type AnswerFold, createChatFold } from '../../../../src/observe/fold/chat.ts'
import { createCompletionFold } from '../../../../src/observe/fold/completion.ts'
import { createMessagesFold } from '../../../../src/observe/fold/messages.ts'
import { createResponsesFold } from '../../../../src/observe/fold/responses.ts'
import { maxFoldedText } from '../../../../src/observe/fold/text-budget.ts'
import { createTranscriptFold } from '../../../../src/observe/fold/transcript.ts'

function foldAll(fold: AnswerFold, chunks: readonly unknown[]) {
  const events = chunks.flatMap((chunk) => fold.add(chunk) ?? [])
  return { events, answer: fold.answer(), failure: fold.failure?.(), truncated: fold.truncated() }
}

describe('every fold', () => {
  it.each([
    ['chat', createChatFold],
    ['completions', createCompletionFold],
    ['messages', createMessagesFold],
    ['responses', createResponsesFold],
    ['transcripts', createTranscriptFold],
  ])('of %s says nothing of no chunks, and survives any', (_, create) => {
    expect(create().answer()).toBeUndefined()
    const odd = [
      null,
      1,
      'x',
      [],
      {},
      { choices: null },
      { choices: [null, 1, { delta: 3 }] },
      { type: 'message_start' },
      { type: 'content_block_start', index: -1 },
      { type: 'content_block_delta', index: 5, delta: null },
      { type: 'message_delta' },
      { type: 'error' },
      { type: 'response.completed' },
      {
        delta: { content: 1, tool_calls: [{}] },
        choices: [{ delta: { tool_calls: [{ function: 1 }, null] } }],
      },
    ]
    expect(() => foldAll(create(), odd)).not.toThrow()
  })

  it('keeps no more text than a span may hold', () => {
    const piece = 'x'.repeat(maxFoldedText / 4 + 1)
    const fold = createChatFold()
    for (let index = 0; index < 10; index++) {
      fold.add({ choices: [{ index: 0, delta: { content: piece } }] })
    }
    const text = JSON.stringify(fold.answer())
    expect(text.length).toBeLessThan(maxFoldedText + 1000)
    expect(fold.truncated()).toBe(true)
  })
})

describe('a chat', () => {
  const chunk = (choices: readonly unknown[], more: object = {}) => ({ id: 'c', choices, ...more })
  const call = (index: number, more: object) => ({
    index: 0,
    delta: { tool_calls: [{ index, ...more }] },
  })

  it('adds up calls of tools by their index, and choices by theirs', () => {
    const { answer } = foldAll(createChatFold(), [
      chunk([
        { index: 1, delta: { content: 'b' } },
        { index: 0, delta: { role: 'assistant' } },
      ]),
      chunk([call(1, { id: 'c2', function: { name: 'g', arguments: '' } })]),
      chunk([call(0, { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a"' } })]),
      chunk([call(0, { function: { arguments: ':1}' } })]),
      chunk([{ index: 0, delta: {}, finish_reason: 'tool_calls' }]),
    ])
    expect(answer).toMatchObject({
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            tool_calls: [
              { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
              { id: 'c2', type: 'function', function: { name: 'g', arguments: '' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
        { index: 1, message: { content: 'b' }, finish_reason: 'stop' },
      ],
    })
  })

  it('takes the model from the first chunk that has one, and usage from the last', () => {
    const { answer, events } = foldAll(createChatFold(), [
      chunk([], { model: '', created: 1, service_tier: 'default' }),
      chunk([{ index: 0, delta: { content: 'a' } }], { model: 'm', created: 2, obfuscation: 'x' }),
      chunk([], { model: 'n', usage: { prompt_tokens: 1 }, obfuscation: 'y' }),
      chunk([], { usage: null }),
    ])
    expect(events).toEqual(['First Token Stream Event'])
    expect(answer).toEqual({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      service_tier: 'default',
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1 },
      obfuscation: 'y',
    })
  })
})

describe('a text completion', () => {
  it('adds up each choice, and believes the last chunk about the rest', () => {
    const { answer } = foldAll(createCompletionFold(), [
      { id: 'a', model: 'm', choices: [{ index: 0, text: 'x' }], usage: null },
      {
        id: '',
        model: 'n',
        choices: [
          { index: 1, text: 'p' },
          { index: 0, text: 'y', finish_reason: 'length' },
        ],
      },
      { id: 'b', choices: [], usage: { total_tokens: 3 } },
    ])
    expect(answer).toEqual({
      id: 'b',
      model: 'n',
      choices: [
        { index: 0, text: 'xy', finish_reason: 'length' },
        { index: 1, text: 'p' },
      ],
      usage: { total_tokens: 3 },
    })
  })
})

describe('a message', () => {
  const events = [
    {
      type: 'message_start',
      message: {
        id: 'msg',
        role: 'assistant',
        model: 'claude',
        content: [],
        usage: { input_tokens: 9, output_tokens: 1, cache_read_input_tokens: 4 },
      },
    },
    { type: 'ping' },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hel' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'lo' } },
    {
      type: 'content_block_start',
      index: 2,
      content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 2,
      delta: { type: 'input_json_delta', partial_json: '{"a"' },
    },
    {
      type: 'content_block_delta',
      index: 2,
      delta: { type: 'input_json_delta', partial_json: ':1}' },
    },
    { type: 'content_block_stop', index: 2 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'tool_use', stop_sequence: null },
      usage: { output_tokens: 12 },
    },
    { type: 'message_stop' },
  ]

  it('becomes what it would have been unstreamed', () => {
    expect(foldAll(createMessagesFold(), events).answer).toEqual({
      id: 'msg',
      role: 'assistant',
      model: 'claude',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 's' },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 9, output_tokens: 12, cache_read_input_tokens: 4 },
    })
  })

  it('keeps no input that is no JSON, and tells of an error', () => {
    const { answer, failure } = foldAll(createMessagesFold(), [
      ...events.slice(0, 11),
      { type: 'content_block_stop', index: 2 },
      { type: 'error', error: { type: 'overloaded_error', message: 'busy' } },
    ])
    expect(answer?.['content']).toContainEqual({ type: 'tool_use', id: 't', name: 'f', input: {} })
    expect(failure).toBe('overloaded_error: busy')
  })
})

describe('a response', () => {
  it('is what its last event says', () => {
    const whole = { id: 'r', output: [] }
    expect(
      foldAll(createResponsesFold(), [
        { type: 'response.created', response: { id: 'r' } },
        { type: 'response.output_text.delta', delta: 'Hi' },
        { type: 'response.completed', response: whole },
      ]),
    ).toMatchObject({
      answer: whole,
      events: ['First Token Stream Event', 'Response Completed Event'],
      failure: undefined,
    })
  })

  it('is the text that came, where it was cut', () => {
    const { answer } = foldAll(createResponsesFold(), [
      { type: 'response.created', response: { id: 'r', model: 'm' } },
      { type: 'response.output_text.delta', delta: 'H' },
      { type: 'response.output_text.delta', delta: 'i' },
    ])
    expect(answer).toEqual({
      id: 'r',
      model: 'm',
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
    })
  })

  it.each([
    [{ type: 'response.failed', response: { error: { code: 'server_error', message: 'oops' } } }],
    [{ type: 'error', code: 'server_error', message: 'oops' }],
  ])('tells of a failure: %j', (event) => {
    expect(foldAll(createResponsesFold(), [event]).failure).toBe('server_error: oops')
  })

  it('is recorded where it is incomplete', () => {
    const event = { type: 'response.incomplete', response: { status: 'incomplete' } }
    expect(foldAll(createResponsesFold(), [event]).answer).toEqual({ status: 'incomplete' })
  })
})

describe('a transcript', () => {
  it('is what its end says, else its pieces', () => {
    const pieces = ['a', 'b'].map((delta) => ({ type: 'transcript.text.delta', delta }))
    expect(foldAll(createTranscriptFold(), pieces).answer?.['text']).toBe('ab')
    const done = [...pieces, { type: 'transcript.text.done', text: 'A b.' }, ...pieces]
    expect(foldAll(createTranscriptFold(), done).answer?.['text']).toBe('A b.')
  })
})
