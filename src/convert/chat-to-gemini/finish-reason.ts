// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#FinishReason
import type { FinishReason } from '../../wire/openai/chat.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['MAX_TOKENS', 'length'],
  ['SAFETY', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['RECITATION', 'recitation'],
  ['IMAGE_RECITATION', 'recitation'],
  ['MALFORMED_FUNCTION_CALL', 'malformed_function_call'],
  ['UNEXPECTED_TOOL_CALL', 'unexpected_tool_call'],
  ['LANGUAGE', 'language'],
  ['NO_IMAGE', 'no_image'],
])

/** `undefined` where the candidate gives none yet. What we do not know is an error. */
export function finishReason(
  reason: unknown,
  answer: 'has-calls' | 'no-calls',
): FinishReason | undefined {
  if (typeof reason !== 'string' || reason === '') return undefined
  if (reason === 'STOP') return answer === 'has-calls' ? 'tool_calls' : 'stop'
  return reasons.get(reason) ?? 'error'
}
