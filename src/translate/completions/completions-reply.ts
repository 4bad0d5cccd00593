// Text completions in OpenAI's own dialect. https://platform.openai.com/docs/api-reference/completions/object
import { createChoicesReply } from '../choices-reply.ts'
import type { Reply } from '../translator.ts'

/** `model`: what was asked for, where the answer names none. */
export function createCompletionsReply(model: string): Reply {
  return createChoicesReply({
    model,
    unreported: {},
    hasContent: ({ text }) => typeof text === 'string' && text !== '',
  })
}
