// `thinking` of a chat request in Anthropic's words, which Claude on Bedrock shares.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking
import type { ThinkingConfig } from '../wire/anthropic/messages.ts'
import type { Thinking } from '../wire/openai/chat.ts'

/** Only members that Anthropic knows. */
export function writeThinking(thinking: Thinking): ThinkingConfig {
  switch (thinking.type) {
    case 'enabled':
      return {
        type: 'enabled',
        budget_tokens: thinking.budget_tokens ?? undefined,
        display: thinking.display || undefined,
      }
    case 'adaptive':
      return { type: 'adaptive', display: thinking.display || undefined }
    case 'disabled':
      return { type: 'disabled' }
  }
}
