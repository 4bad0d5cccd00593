// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (stopReason)
import type { FinishReason } from '../../wire/openai/chat.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['malformed_model_output', 'stop'],
  ['malformed_tool_use', 'stop'],
])

/**
 * `end_turn`, `stop_sequence`, reasons we do not know and none at all are a stop. With calls in the
 * answer they mean to make them, and clients look here to know that.
 */
export function finishReason(stopReason: unknown, answer: 'has-calls' | 'no-calls'): FinishReason {
  return reasons.get(stopReason) ?? (answer === 'has-calls' ? 'tool_calls' : 'stop')
}
