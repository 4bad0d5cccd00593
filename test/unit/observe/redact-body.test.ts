import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { redactRequest, redactText, redactTree } from '../../../src/observe/redact-body.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)

it('tells the length of a text in bytes, and the same of the same text', () => {
  expect(redactText('secret', hash)).toMatch(/^\[REDACTED LENGTH=6 HASH=[0-9a-f]{16}\]$/)
  expect(redactText('secret', hash)).toBe(redactText('secret', hash))
  expect(redactText('secret', hash)).not.toBe(redactText('secreT', hash))
  expect(redactText('ü🦊', hash)).toContain('LENGTH=6 ')
  expect(redactText('', hash)).toBe('')
})

it('keeps the shape of a tree and what says what it is, and does not touch its input', () => {
  const input = {
    type: 'text',
    text: 'a',
    n: 1,
    yes: true,
    none: null,
    list: ['b', { type: 'x', deep: 'c' }],
    tokens: [1, 2, 3],
  }
  const copy = structuredClone(input)
  const redacted = redactTree(deepFreeze(input), hash)
  expect(redacted).toEqual({
    type: 'text',
    text: redactText('a', hash),
    n: 1,
    yes: true,
    none: null,
    list: [redactText('b', hash), { type: 'x', deep: redactText('c', hash) }],
    tokens: ['3 tokens'],
  })
  expect(input).toEqual(copy)
})

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}

it.each([
  [
    '/v1/chat/completions',
    {
      messages: [
        {
          role: 'user',
          content: 'SECRET',
          tool_calls: [{ id: 'c', function: { name: 'f', arguments: 'SECRET' } }],
        },
      ],
      prediction: { type: 'content', content: 'SECRET' },
    },
  ],
  ['/v1/completions', { prompt: ['SECRET'], suffix: 'SECRET' }],
  ['/v1/embeddings', { input: 'SECRET' }],
  ['/v1/images/generations', { prompt: 'SECRET' }],
  [
    '/v1/responses',
    {
      instructions: 'SECRET',
      user: 'SECRET',
      input: [{ role: 'user', content: 'SECRET' }],
      prompt: { variables: { a: 'SECRET' } },
    },
  ],
  ['/v1/responses/input_tokens', { input: 'SECRET' }],
  [
    '/v1/messages',
    {
      system: [{ type: 'text', text: 'SECRET' }],
      messages: [{ role: 'user', content: [{ type: 'tool_result', content: 'SECRET' }] }],
    },
  ],
  ['/v1/messages/count_tokens', { system: 'SECRET', messages: [] }],
  ['/v2/rerank', { query: 'SECRET', documents: ['SECRET'] }],
  ['/tokenize', { prompt: 'SECRET' }],
  ['/v1/audio/speech', { input: 'SECRET', instructions: 'SECRET', voice: 'alloy' }],
  ['/v1/something/new', { anything: 'SECRET' }],
])('shows nothing of the content of %s, but its parameters', (path, content) => {
  const text = redactRequest(path, { model: 'm', temperature: 1, ...content }, hash)
  expect(text).not.toContain('SECRET')
  expect(JSON.parse(text)).toMatchObject({ model: 'm', temperature: 1 })
})

it('keeps roles, ids and tools of a chat', () => {
  const tools = [{ type: 'function', function: { name: 'f', description: 'd' } }]
  const request = {
    model: 'm',
    messages: [{ role: 'tool', tool_call_id: 'c', content: 'x' }],
    tools,
  }
  expect(JSON.parse(redactRequest('/v1/chat/completions', request, hash))).toEqual({
    model: 'm',
    messages: [{ role: 'tool', tool_call_id: 'c', content: redactText('x', hash) }],
    tools,
  })
})

it('tells the parts of a form by name and size, and files by their name', () => {
  const parts = [
    { name: 'prompt', filename: undefined, from: 100, to: 106 },
    { name: 'file', filename: 'a.mp3', from: 200, to: 1200 },
  ]
  expect(JSON.parse(redactRequest('/v1/audio/transcriptions', { form: { parts } }, hash))).toEqual([
    { name: 'prompt', bytes: 6 },
    { name: 'file', filename: 'a.mp3', bytes: 1000 },
  ])
  const json = { model: 'm', prompt: 'SECRET', images: ['SECRET'] }
  const text = redactRequest('/v1/images/edits', { form: undefined, json }, hash)
  expect(JSON.parse(text)).toMatchObject({ model: 'm' })
  expect(text).not.toContain('SECRET')
})

it('shows nothing of what it cannot write', () => {
  const round: Record<string, unknown> = { model: 'm' }
  round['self'] = round
  expect(redactRequest('/v1/chat/completions', round, hash)).toBe('[REDACTED]')
  expect(redactRequest('/v1/audio/transcriptions', { form: {} }, hash)).toBe('[REDACTED]')
})
