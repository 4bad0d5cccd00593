// `usage` of OpenAI's responses, images and audio, which count input and output.
// https://platform.openai.com/docs/api-reference/responses/object
import { isRecord } from '../json/is-record.ts'
import { readCount } from './read-count.ts'
import type { Usage } from './usage.ts'

/**
 * `undefined` where there is no usage object, or none of tokens: transcripts may count seconds. Where
 * there are details of the input, both cache counts are known, and the one that is missing is 0.
 */
export function readTokenUsage(usage: unknown): Usage | undefined {
  if (!isRecord(usage)) return undefined
  const inputDetails = usage.input_tokens_details
  const outputDetails = usage.output_tokens_details
  const cached = isRecord(inputDetails) ? inputDetails : undefined
  const counts = {
    input: readCount(usage.input_tokens),
    output: readCount(usage.output_tokens),
    total: readCount(usage.total_tokens),
    cachedInput: cached && (readCount(cached.cached_tokens) ?? 0),
    cacheCreationInput: cached && (readCount(cached.cache_creation_input_tokens) ?? 0),
    reasoning: isRecord(outputDetails)
      ? (readCount(outputDetails.reasoning_tokens) ?? 0)
      : undefined,
  }
  const known = Object.entries(counts).filter(([, count]) => count !== undefined)
  return known.length === 0 ? undefined : Object.fromEntries(known)
}
