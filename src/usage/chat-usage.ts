// `usage` of OpenAI chat and text completions. https://platform.openai.com/docs/api-reference/chat/object
import { isRecord } from '../json/is-record.ts'
import { readCount } from './read-count.ts'
import type { Usage } from './usage.ts'

/**
 * What the object says, whatever else is in it. Where there are details of the prompt, both cache
 * counts are known, and the one that is missing is 0.
 */
export function readChatUsage(usage: unknown): Usage {
  if (!isRecord(usage)) return {}
  const prompt = usage.prompt_tokens_details
  const completion = usage.completion_tokens_details
  return compact({
    input: readCount(usage.prompt_tokens),
    output: readCount(usage.completion_tokens),
    total: readCount(usage.total_tokens),
    cachedInput: isRecord(prompt) ? (readCount(prompt.cached_tokens) ?? 0) : undefined,
    cacheCreationInput: isRecord(prompt)
      ? (readCount(prompt.cache_creation_input_tokens) ?? 0)
      : undefined,
    reasoning: isRecord(completion) ? (readCount(completion.reasoning_tokens) ?? 0) : undefined,
  })
}

type Counts = { readonly [Field in keyof Usage]: number | undefined }

/** Without the fields that are not reported: they must not overwrite earlier reports. */
function compact(counts: Counts): Usage {
  const usage: { -readonly [Field in keyof Usage]: number } = {}
  // Named one by one: every answer comes through here, and lists of entries cost more than all the rest.
  if (counts.input !== undefined) usage.input = counts.input
  if (counts.output !== undefined) usage.output = counts.output
  if (counts.total !== undefined) usage.total = counts.total
  if (counts.cachedInput !== undefined) usage.cachedInput = counts.cachedInput
  if (counts.cacheCreationInput !== undefined) usage.cacheCreationInput = counts.cacheCreationInput
  if (counts.reasoning !== undefined) usage.reasoning = counts.reasoning
  return usage
}
