// Chat completions in OpenAI's own dialect. https://platform.openai.com/docs/api-reference/chat/object
import { isRecord } from '../../json/is-record.ts'
import { createChoicesReply } from '../choices-reply.ts'
import type { Reply } from '../translator.ts'

/** `model`: what was asked for, where the answer names none. */
export function createChatReply(model: string): Reply {
  return createChoicesReply({
    model,
    unreported: { input: 0, output: 0, total: 0 },
    hasContent: ({ delta }) => saysSomething(delta),
  })
}

function saysSomething(delta: unknown): boolean {
  if (!isRecord(delta)) return false
  return (
    isFilled(delta.content) ||
    isFilled(delta.reasoning_content) ||
    isFilled(delta.reasoning) ||
    isFilled(delta.refusal) ||
    isFilled(delta.tool_calls) ||
    isFilled(delta.function_call) ||
    isFilled(delta.audio)
  )
}

function isFilled(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return value !== undefined && value !== null && value !== ''
}
