import { expect, it } from 'vitest'
import { geminiModel } from '../../../../src/convert/chat-to-gemini/model-gates.ts'

it.each([
  ['gemini-1.5-pro-003', 'none', false],
  ['gemini-2.0-flash', 'none', false],
  ['gemini-2.5-flash', 'budget', true],
  ['gemini-2.5-flash-lite-preview-06-17', 'budget', true],
  ['gemini-live-2.5-flash', 'budget', true],
  ['gemini-3-pro-preview', 'level', true],
  ['gemini-3.1-flash', 'level', true],
  ['gemini-4-pro', 'level', true],
  ['gemini-10-pro', 'level', true],
  ['Gemini-2.5-Pro', 'budget', true],
  ['gemini-flash-latest', 'level', true],
  ['gemini-exp-1206', 'level', true],
  ['gemma-3-27b-it', 'none', false],
  ['my-tuned-model', 'none', false],
])('of %s knows how it thinks and what schemas it takes', (model, thinking, takesJsonSchema) => {
  const isThree = thinking === 'level'
  expect(geminiModel(model)).toMatchObject({
    thinking,
    takesJsonSchema,
    takesMediaResolution: isThree,
    needsSignatures: isThree,
  })
})

it('knows Flash models by their name, in any case', () => {
  expect(geminiModel('Gemini-3-FLASH').family).toBe('flash')
  expect(geminiModel('gemini-3-pro').family).toBe('other')
})
