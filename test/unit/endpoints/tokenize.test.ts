import { describe, expect, it } from 'vitest'
import type { ParseOptions } from '../../../src/endpoints/endpoint.ts'
import { createRawBody } from '../../../src/endpoints/raw-body.ts'
import { tokenize } from '../../../src/endpoints/tokenize.ts'

const parse = (value: unknown, options: Partial<ParseOptions> = {}) =>
  tokenize.parse(createRawBody(new TextEncoder().encode(JSON.stringify(value)), ''), {
    meterStream: true,
    fallbackModel: undefined,
    ...options,
  })
const messages = [{ role: 'user', content: 'Hi' }]

describe('what is to be counted', () => {
  it.each([
    { model: 'm', prompt: 'Hi' },
    { model: 'm', messages },
    { model: 'm', messages, prompt: null },
    { model: 'm' },
    { model: 'm', messages, continue_final_message: true, add_generation_prompt: false },
    { model: 'm', messages, add_generation_prompt: true },
  ])('is read from %j, and never streamed', (value) => {
    const { request, model, stream } = parse(value)
    expect([request, model, stream]).toEqual([value, 'm', false])
  })

  it('may be for the model of the header', () => {
    const { request, model } = parse({ prompt: 'Hi' }, { fallbackModel: 'h' })
    expect([request, model]).toEqual([{ prompt: 'Hi', model: 'h' }, 'h'])
  })

  it.each([
    [{}, 'invalid tokenize request: model is required'],
    [{ model: '', prompt: 'Hi' }, 'invalid tokenize request: model is required'],
    [
      { model: 'm', prompt: 'Hi', messages },
      "failed to parse JSON for /tokenize: tokenize request must have either 'prompt' or 'messages', not both",
    ],
    [
      { model: 'm', messages, continue_final_message: true },
      'invalid tokenize request: cannot set both continue_final_message and add_generation_prompt to true',
    ],
    [
      { model: 'm', messages, continue_final_message: true, add_generation_prompt: true },
      'invalid tokenize request: cannot set both continue_final_message and add_generation_prompt to true',
    ],
  ])('is refused where it is %j', (value, detail) => {
    expect(() => parse(value)).toThrow(`malformed request: ${detail}`)
  })
})
