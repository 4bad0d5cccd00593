// Token counts as OpenInference names them: metadata, never hidden.
import { readNumber, readPositive, readRecord } from '../read.ts'
import type { Attributes, AttributesOut as Out } from '../span-set.ts'

// Names in full: each would be put together anew for every span.

/** `usage` of chat and text completions, and of embeddings. Adds to `out`. */
export function describeChatUsage(usage: unknown, out: Out = {}): Attributes {
  const found = readRecord(usage)
  const { prompt_tokens_details: input, completion_tokens_details: output } = found
  const prompt = readPositive(found['prompt_tokens'])
  out['llm.token_count.prompt'] = prompt
  if (prompt !== undefined && input !== undefined && input !== null) {
    const details = readRecord(input)
    out['llm.token_count.prompt_details.audio'] = readNumber(details['audio_tokens']) ?? 0
    out['llm.token_count.prompt_details.cache_read'] = readNumber(details['cached_tokens']) ?? 0
    out['llm.token_count.prompt_details.cache_creation'] =
      readNumber(details['cache_creation_input_tokens']) ?? 0
  }
  const completion = readPositive(found['completion_tokens'])
  out['llm.token_count.completion'] = completion
  if (completion !== undefined && output !== undefined && output !== null) {
    const details = readRecord(output)
    out['llm.token_count.completion_details.audio'] = readNumber(details['audio_tokens']) ?? 0
    out['llm.token_count.completion_details.reasoning'] =
      readNumber(details['reasoning_tokens']) ?? 0
  }
  out['llm.token_count.total'] = readPositive(found['total_tokens'])
  return out
}

/** `usage` of responses, images and transcriptions. */
export function describeResponsesUsage(usage: unknown): Attributes {
  const { input_tokens, output_tokens, total_tokens, ...details } = readRecord(usage)
  const input = readRecord(details['input_tokens_details'])
  const output = readRecord(details['output_tokens_details'])
  return {
    'llm.token_count.prompt': readPositive(input_tokens),
    'llm.token_count.completion': readPositive(output_tokens),
    'llm.token_count.total': readPositive(total_tokens),
    'llm.token_count.prompt_details.cache_read': readPositive(input['cached_tokens']),
    'llm.token_count.prompt_details.cache_creation': readPositive(
      input['cache_creation_input_tokens'],
    ),
    'llm.token_count.completion_details.reasoning': readPositive(output['reasoning_tokens']),
  }
}

/** `usage` of messages: all of it, zeros too; `prompt` includes what was read from and written to the cache. */
export function describeAnthropicUsage(usage: unknown): Attributes {
  if (usage === undefined || usage === null) return {}
  const found = readRecord(usage)
  const read = readNumber(found['cache_read_input_tokens']) ?? 0
  const creation = readNumber(found['cache_creation_input_tokens']) ?? 0
  const prompt = (readNumber(found['input_tokens']) ?? 0) + read + creation
  const completion = readNumber(found['output_tokens']) ?? 0
  return {
    'llm.token_count.prompt': prompt,
    'llm.token_count.prompt_details.cache_read': read,
    'llm.token_count.prompt_details.cache_creation': creation,
    'llm.token_count.completion': completion,
    'llm.token_count.total': prompt + completion,
  }
}
