// What a conversation says of the thinking that was done in it.
import type { AssistantMessage, ChatMessage } from '../wire/openai/chat.ts'

/**
 * In a stream the text of thinking comes as `reasoning_content` and only its signature as a block, and
 * so clients send it back. '' where the text belongs to no block in particular.
 */
export function streamedThinking(message: AssistantMessage): string {
  const blocks = message.thinking_blocks?.filter((block) => block.type !== 'redacted_thinking')
  const { reasoning_content: text } = message
  return blocks?.length === 1 && typeof text === 'string' ? text : ''
}

/**
 * Whether the assistant's last word is a call that it made without thinking: Claude then may not begin to,
 * whatever the user adds to the results.
 */
export function isAmidThoughtlessCall(messages: readonly ChatMessage[]): boolean {
  const last = messages.findLast((message) => message.role === 'assistant')
  if (last === undefined || !last.tool_calls?.length) return false
  const parts = typeof last.content === 'string' ? [] : [last.content ?? []].flat()
  const thinks = parts.some((part) => part.type === 'thinking' || part.type === 'redacted_thinking')
  return !thinks && !last.thinking_blocks?.length
}
