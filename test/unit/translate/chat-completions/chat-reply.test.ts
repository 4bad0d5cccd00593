import { describe, expect, it } from 'vitest'
import { createSseFrame } from '../../../../src/streams/frame.ts'
import type { Meter, StreamFailure, Tap } from '../../../../src/streams/stream-translator.ts'
import { createChatReply } from '../../../../src/translate/chat-completions/chat-reply.ts'

const head = { status: 200, headers: new Headers(), receivedAt: 0, uuid: () => '' }

function watch(wantsChunks = false) {
  const tap = createChatReply('asked').stream?.(head)
  if (tap?.kind !== 'tap') throw new Error('no tap')
  const told: string[] = []
  const chunks: unknown[] = []
  const failures: StreamFailure[] = []
  const meter: Meter = {
    wantsChunks,
    text() {},
    usage: (usage) => told.push(`usage ${JSON.stringify(usage)}`),
    model: (name) => told.push(`model ${name}`),
    chunk: (value) => chunks.push(value),
    content: () => told.push('content'),
    fail: (failure) => failures.push(failure),
  }
  const see = (data: unknown) =>
    tap.frame(
      createSseFrame(typeof data === 'string' ? data : JSON.stringify(data), undefined),
      meter,
    )
  return { tap: tap as Tap, meter, told, chunks, failures, see }
}

const delta = (value: unknown, finish_reason: unknown = null) => ({
  model: 'm',
  choices: [{ index: 0, delta: value, finish_reason }],
})

describe('content', () => {
  it.each([
    { content: 'x' },
    { reasoning_content: 'x' },
    { reasoning: 'x' },
    { refusal: 'x' },
    { tool_calls: [{ index: 0 }] },
    { audio: { id: 'a' } },
  ])('begins with %j', (value) => {
    const { told, see } = watch()
    see(delta({ role: 'assistant', content: '' }))
    expect(told).toEqual(['model m'])
    see(delta(value))
    see(delta(value))
    expect(told).toEqual(['model m', 'content'])
  })

  it.each([{}, { content: null }, { tool_calls: [] }, { content: '', refusal: null }, 'x', null])(
    'does not begin with %j',
    (value) => {
      const { told, see } = watch()
      see(delta(value))
      expect(told).toEqual(['model m'])
    },
  )

  it('begins at the latest with a finish reason', () => {
    const { told, see } = watch()
    see(delta({}, 'stop'))
    expect(told).toEqual(['model m', 'content'])
  })
})

it('needs each frame until model and content are known, then only those with a marker', () => {
  const { tap, see } = watch()
  expect(tap.sparse()).toBe(false)
  see(delta({ role: 'assistant' }))
  expect(tap.sparse()).toBe(false)
  see(delta({ content: 'x' }))
  expect(tap.sparse()).toBe(true)
})

it('marks every frame that matters later, however it is spelt', () => {
  const { tap } = watch()
  const marked = (text: string) => tap.markers.some((marker) => text.includes(marker))
  const usage = { usage: { prompt_tokens: 1 } }
  for (const space of [undefined, 1]) {
    expect(marked(JSON.stringify(usage, undefined, space))).toBe(true)
    expect(marked(JSON.stringify({ error: { message: 'x' } }, undefined, space))).toBe(true)
    expect(marked(JSON.stringify(delta({}, 'stop'), undefined, space))).toBe(true)
  }
  expect(marked('[DONE]')).toBe(true)
  expect(marked(JSON.stringify({ ...delta({ content: 'x' }), usage: null }))).toBe(false)
})

it('tells the model when it changes, and the one that was asked for if none is named', () => {
  const { tap, meter, told, see } = watch()
  see({ model: 'a' })
  see({ model: 'a' })
  see({ model: '' })
  see({ model: 'b' })
  expect(told).toEqual(['model a', 'model b'])
  const nameless = watch()
  nameless.see('[DONE]')
  nameless.tap.end(nameless.meter)
  expect(nameless.told).toEqual(['model asked'])
  tap.end(meter)
  expect(told).toHaveLength(2)
})

it('hands on chunks only where somebody looks at them', () => {
  const [seen, unseen] = [watch(true), watch(false)]
  for (const { see } of [seen, unseen]) {
    see({ a: 1 })
    see('not JSON')
    see('[DONE]')
  }
  expect(seen.chunks).toEqual([{ a: 1 }])
  expect(unseen.chunks).toEqual([])
})

describe('the end', () => {
  it.each([
    ['[DONE]', ['[DONE]'], 0],
    ['a finish reason', [delta({}, 'length')], 0],
    ['content alone', [delta({ content: 'x' })], 1],
    ['something unreadable', [delta({ content: 'x' }), '{"choices":[{"finish_reason":"stop"'], 1],
    ['nothing', [], 1],
  ])('with %s', (_, events, failures) => {
    const seen = watch()
    for (const event of events) seen.see(event)
    seen.tap.end(seen.meter)
    expect(seen.failures).toHaveLength(failures)
  })
})

describe('an error in the stream', () => {
  it.each([
    [{ type: 'rate_limit_exceeded' }, 429],
    [{ type: 'invalid_request_error' }, 400],
    [{ type: 'x', code: 'rate_limit_exceeded' }, 429],
    [{ type: 'x', code: 503 }, 503],
    [{ type: 'rate_limit_exceeded', code: '418' }, 418],
    [{ code: 200 }, 502],
    [{ code: 1e9 }, 502],
    [{ type: 'x' }, 502],
    ['text', 502],
    [true, 502],
    [[], 502],
  ])('%j is a %i', (error, status) => {
    const { failures, see } = watch()
    see({ error })
    expect(failures.map((failure) => failure.status)).toEqual([status])
  })

  it('is none where it is null', () => {
    const { failures, see } = watch()
    see({ ...delta({ content: 'x' }), error: null })
    expect(failures).toEqual([])
  })
})

it('does not trip over anything that may come', () => {
  const { see, failures } = watch(true)
  for (const event of [
    'null',
    '5',
    '"x"',
    '[]',
    '{"choices":5}',
    '{"choices":[null,{}]}',
    '{"usage":[]}',
    '{"model":{}}',
  ]) {
    see(event)
  }
  expect(failures).toEqual([])
})
