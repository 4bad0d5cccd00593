import { expect, it } from 'vitest'
import { finishReason } from '../../../../src/convert/chat-to-converse/finish-reason.ts'

it.each([
  ['end_turn', 'stop', 'tool_calls'],
  ['stop_sequence', 'stop', 'tool_calls'],
  [null, 'stop', 'tool_calls'],
  [undefined, 'stop', 'tool_calls'],
  ['something_new', 'stop', 'tool_calls'],
  [5, 'stop', 'tool_calls'],
  ['tool_use', 'tool_calls', 'tool_calls'],
  ['max_tokens', 'length', 'length'],
  ['model_context_window_exceeded', 'length', 'length'],
  ['content_filtered', 'content_filter', 'content_filter'],
  ['guardrail_intervened', 'content_filter', 'content_filter'],
  ['malformed_model_output', 'stop', 'stop'],
  ['malformed_tool_use', 'stop', 'stop'],
])('%s is %s, and %s with calls', (reason, without, withCalls) => {
  expect(finishReason(reason, 'no-calls')).toBe(without)
  expect(finishReason(reason, 'has-calls')).toBe(withCalls)
})
