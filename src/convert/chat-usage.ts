import type { Usage } from '../usage/usage.ts'
import type { ChatUsage } from '../wire/openai/chat.ts'

/**
 * Counts as a chat answer has them: always the three totals; details where the provider reports them,
 * with the counts that are not 0.
 */
export function writeUsage(usage: Usage): ChatUsage {
  const { input = 0, output = 0, cachedInput, cacheCreationInput, reasoning } = usage
  const { total = input + output } = usage
  const reported = cachedInput !== undefined || cacheCreationInput !== undefined
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    completion_tokens_details: reasoning ? { reasoning_tokens: reasoning } : undefined,
    prompt_tokens_details: reported
      ? {
          ...(cachedInput ? { cached_tokens: cachedInput } : {}),
          ...(cacheCreationInput ? { cache_creation_input_tokens: cacheCreationInput } : {}),
        }
      : undefined,
  }
}
