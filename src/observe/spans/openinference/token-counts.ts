// Token counts as OpenInference names them: metadata, never hidden.
import { readNumber, readPositive, readRecord } from '../read.ts'
import type { Attributes } from '../span-set.ts'

const count = 'llm.token_count'

/** `usage` of chat and text completions, and of embeddings. */
export function describeChatUsage(usage: unknown): Attributes {
  const { prompt_tokens, completion_tokens, total_tokens, ...details } = readRecord(usage)
  const prompt = readPositive(prompt_tokens)
  const completion = readPositive(completion_tokens)
  const { prompt_tokens_details: input, completion_tokens_details: output } = details
  return {
    [`${count}.prompt`]: prompt,
    ...(prompt === undefined || input === undefined || input === null
      ? {}
      : {
          [`${count}.prompt_details.audio`]: readNumber(readRecord(input)['audio_tokens']) ?? 0,
          [`${count}.prompt_details.cache_read`]:
            readNumber(readRecord(input)['cached_tokens']) ?? 0,
          [`${count}.prompt_details.cache_creation`]:
            readNumber(readRecord(input)['cache_creation_input_tokens']) ?? 0,
        }),
    [`${count}.completion`]: completion,
    ...(completion === undefined || output === undefined || output === null
      ? {}
      : {
          [`${count}.completion_details.audio`]:
            readNumber(readRecord(output)['audio_tokens']) ?? 0,
          [`${count}.completion_details.reasoning`]:
            readNumber(readRecord(output)['reasoning_tokens']) ?? 0,
        }),
    [`${count}.total`]: readPositive(total_tokens),
  }
}

/** `usage` of responses, images and transcriptions. */
export function describeResponsesUsage(usage: unknown): Attributes {
  const { input_tokens, output_tokens, total_tokens, ...details } = readRecord(usage)
  const input = readRecord(details['input_tokens_details'])
  const output = readRecord(details['output_tokens_details'])
  return {
    [`${count}.prompt`]: readPositive(input_tokens),
    [`${count}.completion`]: readPositive(output_tokens),
    [`${count}.total`]: readPositive(total_tokens),
    [`${count}.prompt_details.cache_read`]: readPositive(input['cached_tokens']),
    [`${count}.prompt_details.cache_creation`]: readPositive(input['cache_creation_input_tokens']),
    [`${count}.completion_details.reasoning`]: readPositive(output['reasoning_tokens']),
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
    [`${count}.prompt`]: prompt,
    [`${count}.prompt_details.cache_read`]: read,
    [`${count}.prompt_details.cache_creation`]: creation,
    [`${count}.completion`]: completion,
    [`${count}.total`]: prompt + completion,
  }
}
