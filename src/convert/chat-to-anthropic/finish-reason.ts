// https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
import type { FinishReason } from '../../wire/openai/chat.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
])

/**
 * `tool_use`, reasons we do not know and none at all follow from the answer: where it has calls, clients
 * look here to know that they are to be made. A call that brought the answer itself is none.
 */
export function finishReason(stopReason: unknown, answer: 'has-calls' | 'no-calls'): FinishReason {
  const reason = reasons.get(stopReason)
  if (answer === 'has-calls')
    return reason === undefined || reason === 'stop' ? 'tool_calls' : reason
  return reason ?? 'stop'
}
