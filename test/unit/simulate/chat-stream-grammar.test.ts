import { describe, expect, it } from 'vitest'
import { checkChatStream } from '../../support/chat-stream-grammar.ts'

const base = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' }

function choice(delta: object, finishReason: string | null = null, index = 0) {
  return { ...base, choices: [{ index, delta, finish_reason: finishReason }] }
}

const role = choice({ role: 'assistant', content: '' })
const hello = choice({ content: 'hello' })
const stop = choice({}, 'stop')
const usage = {
  ...base,
  choices: [],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
}
const callStart = choice({
  tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '' } }],
})
const callPiece = (text: string, index = 0) =>
  choice({ tool_calls: [{ index, function: { arguments: text } }] })
const callsEnd = choice({}, 'tool_calls')

/** As Azure sends it. */
const filtered = {
  id: '',
  object: '',
  created: 0,
  model: '',
  choices: [],
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
}

function toText(...events: readonly (object | string)[]): string {
  return events
    .map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`)
    .join('')
}

describe('streams that are well formed', () => {
  it.each([
    ['text', toText(role, hello, hello, stop, '[DONE]')],
    ['usage', toText(role, hello, stop, usage, '[DONE]')],
    [
      'a tool call',
      toText(role, callStart, callPiece('{"a"'), callPiece(':1}'), callsEnd, '[DONE]'),
    ],
    [
      'two choices',
      toText(
        role,
        choice({ role: 'assistant' }, null, 1),
        stop,
        choice({ content: 'x' }, null, 1),
        choice({}, 'stop', 1),
        '[DONE]',
      ),
    ],
    ['a word on the prompt before it', toText(filtered, role, stop, '[DONE]')],
  ])('finds nothing wrong with %s', (_, text) => {
    expect(checkChatStream(text)).toEqual([])
  })
})

describe('streams that are broken', () => {
  it.each<[string, string, RegExp]>([
    ['no role', toText(hello, stop, '[DONE]'), /does not start with its role/],
    ['the role twice', toText(role, role, stop, '[DONE]'), /repeats its role/],
    [
      'a second choice first',
      toText(choice({ role: 'assistant' }, 'stop', 1), '[DONE]'),
      /choice 1 starts out of order/,
    ],
    ['no finish reason', toText(role, hello, '[DONE]'), /choice 0 has no finish reason/],
    ['two finish reasons', toText(role, stop, stop, '[DONE]'), /goes on after its finish reason/],
    ['text after the end', toText(role, stop, hello, '[DONE]'), /goes on after its finish reason/],
    ['an id that changes', toText(role, { ...hello, id: 'c2' }, stop, '[DONE]'), /id has changed/],
    ['an id that is missing', toText({ ...role, id: undefined }, '[DONE]'), /id is not a string/],
    [
      'a time that changes',
      toText(role, { ...hello, created: 2 }, stop, '[DONE]'),
      /created has changed/,
    ],
    [
      'another object',
      toText({ ...role, object: 'chat.completion' }, stop, '[DONE]'),
      /object is wrong/,
    ],
    ['no end', toText(role, hello, stop), /\[DONE\] comes 0 times/],
    ['two ends', toText(role, stop, '[DONE]', '[DONE]'), /\[DONE\] comes 2 times/],
    ['something after the end', toText(role, stop, '[DONE]', hello), /something follows \[DONE\]/],
    ['an end cut short', toText(role, stop, '[DONE]').slice(0, -1), /not ended by a blank line/],
    ['text that is not JSON', toText(role, '{"id"', stop, '[DONE]'), /not a JSON object/],
    [
      'another line',
      toText(role, stop, '[DONE]').replace('data: ', 'event: x\ndata: '),
      /not one line of data/,
    ],
    [
      'usage before the finish',
      toText(role, usage, stop, '[DONE]'),
      /a chunk follows the usage chunk/,
    ],
    ['usage twice', toText(role, stop, usage, usage, '[DONE]'), /a chunk follows the usage chunk/],
    [
      'usage beside a choice',
      toText(role, { ...stop, usage: usage.usage }, '[DONE]'),
      /the usage chunk has choices/,
    ],
    [
      'usage that does not add up',
      toText(role, stop, { ...usage, usage: { ...usage.usage, total_tokens: 4 } }, '[DONE]'),
      /does not add up/,
    ],
    [
      'a chunk of nothing',
      toText(role, { ...base, choices: [] }, stop, '[DONE]'),
      /without choices and without usage/,
    ],
    [
      'a word on the prompt that comes late',
      toText(role, filtered, stop, '[DONE]'),
      /id has changed/,
    ],
    [
      'no choices at all',
      toText({ ...base, choices: undefined }, '[DONE]'),
      /choices is not an array/,
    ],
    [
      'a choice without delta',
      toText(role, { ...base, choices: [{ index: 0 }] }, stop, '[DONE]'),
      /without index and delta/,
    ],
    ['an empty stream', toText('[DONE]'), /there is no choice/],
    [
      'a call that starts at one',
      toText(
        role,
        choice({
          tool_calls: [
            { index: 1, id: 't', type: 'function', function: { name: 'f', arguments: '{}' } },
          ],
        }),
        callsEnd,
        '[DONE]',
      ),
      /tool call 1 is out of order/,
    ],
    [
      'a call without its head',
      toText(role, callPiece('{}'), callsEnd, '[DONE]'),
      /tool call 0 has no id/,
    ],
    [
      'a call with two heads',
      toText(role, callStart, callStart, callPiece('{}'), callsEnd, '[DONE]'),
      /repeats its id or name/,
    ],
    [
      'arguments that end early',
      toText(role, callStart, callPiece('{"a"'), callsEnd, '[DONE]'),
      /are not a JSON object/,
    ],
    [
      'a call that only stops',
      toText(role, callStart, callPiece('{}'), stop, '[DONE]'),
      /does not fit the tool calls/,
    ],
    [
      'a finish for calls that never came',
      toText(role, callsEnd, '[DONE]'),
      /does not fit the tool calls/,
    ],
  ])('catches %s', (_, text, violation) => {
    expect(checkChatStream(text).join('\n')).toMatch(violation)
  })

  it('knows whether usage was asked for', () => {
    const without = toText(role, stop, '[DONE]')
    const withUsage = toText(role, stop, usage, '[DONE]')
    expect(checkChatStream(without, { usage: 'required' })).toEqual(['the usage chunk is missing'])
    expect(checkChatStream(withUsage, { usage: 'required' })).toEqual([])
    expect(checkChatStream(withUsage, { usage: 'forbidden' })).toEqual(['nobody asked for usage'])
    expect(checkChatStream(without, { usage: 'forbidden' })).toEqual([])
  })
  const failed = { type: 'error', error: { type: 'x', message: 'no more' } }

  it('knows a stream that ends by an error', () => {
    const rules = { ending: 'error' } as const
    expect(checkChatStream(toText(role, hello, failed), rules)).toEqual([])
    expect(checkChatStream(toText(role, hello, failed, '[DONE]'), rules)).toEqual([])
    expect(checkChatStream(toText(failed), rules)).toEqual([])
    const all = checkChatStream(toText(role, hello, failed))
    expect(all[0]).toBe('event 2: an error')
  })

  it.each<[string, string, string]>([
    ['no error', toText(role, stop, '[DONE]'), 'the error is missing'],
    ['text after it', toText(role, failed, hello), 'event 2: something follows the error'],
    ['two', toText(role, failed, failed), 'event 2: something follows the error'],
    [
      'two ends',
      toText(role, failed, '[DONE]', '[DONE]'),
      'event 3: something follows [DONE]|[DONE] comes 2 times',
    ],
    ['an empty one', toText(role, { error: {} }), 'event 1: the error says nothing'],
    ['a bare one', toText(role, { error: 'oh' }), 'event 1: the error says nothing'],
    ['no role before it', toText(hello, failed), 'event 0: choice 0 does not start with its role'],
  ])('catches in a stream that should end by an error: %s', (_, text, violations) => {
    expect(checkChatStream(text, { ending: 'error' }).join('|')).toBe(violations)
  })

  it('holds a stream that was left to its rules so far', () => {
    const rules = { ending: 'open' } as const
    expect(checkChatStream('', rules)).toEqual([])
    expect(checkChatStream(`${toText(role, hello)}data: {"id`, rules)).toEqual([])
    expect(checkChatStream(toText(hello), rules)).toEqual([
      'event 0: choice 0 does not start with its role',
    ])
  })
})
