// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (stopReason)
import type { FinishReason } from '../../wire/openai/chat.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
])

/** Reasons we do not know, and none at all, are a stop: with calls in the answer, to make them. */
export function finishReason(stopReason: unknown, answer: 'has-calls' | 'no-calls'): FinishReason {
  return reasons.get(stopReason) ?? (answer === 'has-calls' ? 'tool_calls' : 'stop')
}
