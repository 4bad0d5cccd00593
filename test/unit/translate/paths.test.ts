import { describe, expect, it } from 'vitest'
import { joinPath } from '../../../src/translate/join-path.ts'
import { openaiPath } from '../../../src/translate/openai-path.ts'
import { encodePathSegment } from '../../../src/translate/path-segment.ts'

it.each([
  [['/', 'v1', 'chat/completions'], '/v1/chat/completions'],
  [['foo//v1/', '/chat/'], '/foo/v1/chat'],
  [['/a/./b/../c', 'd'], '/a/c/d'],
  [['../..', 'd'], '/d'],
  [['/'], '/'],
])('%j is %s', (parts, expected) => {
  expect(joinPath(...parts)).toBe(expected)
})

describe('an OpenAI-compatible backend', () => {
  it.each([
    [undefined, '/v1/x'],
    ['', '/v1/x'],
    ['v1', '/v1/x'],
    ['/', '/x'],
    ['foo/v1', '/foo/v1/x'],
    ['/v1beta/openai', '/v1beta/openai/x'],
  ])('with the prefix %j is asked at %s', (prefix, expected) => {
    const schema = { name: 'OpenAI' as const, ...(prefix === undefined ? {} : { prefix }) }
    expect(openaiPath({ schema, model: 'm', renamed: false, vars: {} }, 'x')).toBe(expected)
  })
})

describe('a segment', () => {
  it('keeps what Bedrock’s signer keeps and encodes all else', () => {
    const kept = 'azAZ09-_.~$&+:=@'
    expect(encodePathSegment(kept)).toBe(kept)
    expect(encodePathSegment("/ ,;?%!'()*#ü")).toBe('%2F%20%2C%3B%3F%25%21%27%28%29%2A%23%C3%BC')
    expect(encodePathSegment('%3A')).toBe('%253A')
  })

  it('survives half a surrogate pair', () => {
    expect(encodePathSegment('a\ud800b')).toBe('a%EF%BF%BDb')
  })

  it('stays one segment when a URL is made of it', () => {
    const path = `/model/${encodePathSegment('../a/b?c#d')}/converse`
    expect(new URL(path, 'https://example.com').pathname).toBe(path)
  })
})
