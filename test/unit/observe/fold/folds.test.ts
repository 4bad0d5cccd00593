import fc from 'fast-check'
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

describe('a chat whose chunks nobody has parsed', () => {
  const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' }
  const said = (delta: object, more: object = {}) => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: null }],
    usage: null,
    ...more,
  })

  function foldBoth(texts: readonly string[]) {
    const [byText, byValue] = [createChatFold(), createChatFold()]
    const events = texts.flatMap((text) =>
      byText.repeats?.(text) ? [] : (byText.addText?.(text) ?? []),
    )
    const expected = texts.flatMap((text) => {
      try {
        return byValue.add(JSON.parse(text)) ?? []
      } catch {
        return []
      }
    })
    return {
      text: { events, answer: byText.answer(), truncated: byText.truncated() },
      value: { events: expected, answer: byValue.answer(), truncated: byValue.truncated() },
    }
  }
  const same = (chunks: readonly unknown[]) => {
    const { text, value } = foldBoth(
      chunks.map((chunk) => (typeof chunk === 'string' ? chunk : JSON.stringify(chunk))),
    )
    expect(text).toEqual(value)
  }

  it('is the same as one of values', () => {
    same([
      said({ role: 'assistant', content: '' }),
      said({ content: 'Hel' }),
      said({ content: 'lo' }),
    ])
  })

  it.each([
    ['quotes and escapes', [{ content: 'a"b' }, { content: '\\' }, { content: '\n\u0001\ud83d' }]],
    ['nothing', [{ content: 'a' }, { content: '' }, { content: 'b' }]],
    ['JSON', [{ content: 'a' }, { content: '{"content":"x"}' }, { content: '"content":"' }]],
    ['reasoning', [{ reasoning_content: 'a' }, { reasoning_content: 'b' }, { content: 'c' }]],
    [
      'both',
      [
        { content: 'a', reasoning_content: 'b' },
        { content: 'c', reasoning_content: 'd' },
      ],
    ],
    [
      'a role again and again',
      [
        { role: 'x', content: 'a' },
        { role: 'y', content: 'b' },
      ],
    ],
    [
      'a member twice',
      [
        { content: 'a', x: { content: 'b' } },
        { content: 'c', x: { content: 'd' } },
      ],
    ],
    [
      'refusals',
      [
        { content: 'a', refusal: 'no' },
        { content: 'b', refusal: 'never' },
      ],
    ],
    [
      'notes',
      [
        { content: 'a', annotations: [1] },
        { content: 'b', annotations: [1] },
      ],
    ],
    [
      'tools',
      [
        {
          content: 'a',
          tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{' } }],
        },
        { content: 'b', tool_calls: [{ index: 0, function: { arguments: '}' } }] },
      ],
    ],
  ])('is the same where texts hold %s', (_, deltas) => {
    same([
      said({ content: 'first' }),
      ...deltas.map((delta) => said(delta)),
      said({ content: '.' }),
    ])
  })

  it('is the same with padding, several choices, usage on the way, and an end', () => {
    same([
      said({ content: 'a' }, { obfuscation: 'xxxx' }),
      said({ content: 'b' }, { obfuscation: 'yy' }),
      said({ content: 'c' }, { obfuscation: '' }),
      said({ content: 'd' }, { choices: [{ index: 1, delta: { content: 'other' } }] }),
      said({ content: 'e' }, { choices: [{ index: 1, delta: { content: 'one' } }] }),
      said({ content: 'f' }, { usage: { prompt_tokens: 1 } }),
      said({ content: 'g' }, { usage: { prompt_tokens: 2 } }),
      said({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      said({}, { choices: [], usage: { prompt_tokens: 3 } }),
    ])
  })

  it('is the same where chunks are no JSON', () => {
    const text = JSON.stringify(said({ content: 'a' }))
    const broken = [
      text.slice(0, -1),
      `${text} x`,
      text.replace('"a"', '"a'),
      text.replace('a', '\\x'),
    ]
    same([text, ...broken, text.replace('"a"', '"\u0001"'), text])
  })

  it('is the same for any texts', () => {
    const delta = fc.record(
      {
        content: fc.option(fc.string({ unit: 'grapheme' })),
        role: fc.constantFrom('assistant', 'tool'),
        reasoning_content: fc.option(fc.string({ unit: 'binary' })),
        refusal: fc.option(fc.string()),
      },
      { requiredKeys: [] },
    )
    const chunk = fc.record(
      {
        choices: fc.array(
          fc.record({
            index: fc.constantFrom(0, 0, 0, 1),
            delta,
            finish_reason: fc.constantFrom(null, 'stop'),
          }),
          { maxLength: 2 },
        ),
        obfuscation: fc.string(),
        model: fc.constantFrom('m', 'n'),
      },
      { requiredKeys: ['choices'] },
    )
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        const { text, value } = foldBoth(chunks.map((one) => JSON.stringify({ ...head, ...one })))
        expect(text).toEqual(value)
      }),
    )
  })
})

describe('a response whose events nobody has parsed', () => {
  const delta = (sequence_number: number, text: string, more: object = {}) => ({
    type: 'response.output_text.delta',
    sequence_number,
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta: text,
    logprobs: [],
    ...more,
  })
  const begin = { type: 'response.created', response: { id: 'r', model: 'm' } }
  const answer = { id: 'r', model: 'm', output: [{ type: 'message' }] }

  it.each([
    ['breaks off', []],
    ['ends', [{ type: 'response.completed', response: answer }]],
    ['fails', [{ type: 'response.failed', response: { error: { code: 'c', message: 'no' } } }]],
  ])('is the same as one of values, where it %s', (_, end) => {
    const events = [
      begin,
      delta(1, 'Hel'),
      delta(2, 'lo "you"\n'),
      { ...delta(3, 'not this'), type: 'response.reasoning_summary_text.delta' },
      delta(10, '', { obfuscation: 'xy' }),
      delta(11, '!', { obfuscation: '' }),
      delta(12, 'other', { item_id: 'msg_2' }),
      ...end,
    ]
    const [byText, byValue] = [createResponsesFold(), createResponsesFold()]
    const told = events.flatMap((event) => {
      const data = JSON.stringify(event)
      return byText.repeats?.(data) ? [] : (byText.addText?.(data) ?? [])
    })
    const { events: expected, ...rest } = foldAll(byValue, events)
    expect(told).toEqual(expected)
    expect({
      answer: byText.answer(),
      failure: byText.failure?.(),
      truncated: byText.truncated(),
    }).toEqual(rest)
  })

  it('takes the like of an event that has come, and nothing else', () => {
    const fold = createResponsesFold()
    const second = JSON.stringify(delta(2, 'b'))
    expect(fold.repeats?.(second)).toBe(false)
    fold.addText?.(JSON.stringify(delta(1, 'a')))
    expect(fold.repeats?.(second)).toBe(true)
    expect(fold.repeats?.(JSON.stringify({ ...delta(3, 'c'), type: 'other' }))).toBe(false)
    expect(JSON.stringify(fold.answer())).toContain('"ab"')
  })
})
