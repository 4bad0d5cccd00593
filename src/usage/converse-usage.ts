// `usage` of Bedrock Converse, whose `inputTokens` leave out what came from the cache.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
import { isRecord } from '../json/is-record.ts'
import { readCount } from './read-count.ts'
import type { Usage } from './usage.ts'

/** `undefined` where there is no usage object. Bedrock's own total is not looked at. */
export function readConverseUsage(usage: unknown): Usage | undefined {
  if (!isRecord(usage)) return undefined
  const read = readCount(usage.cacheReadInputTokens)
  const written = readCount(usage.cacheWriteInputTokens)
  const input = (readCount(usage.inputTokens) ?? 0) + (read ?? 0) + (written ?? 0)
  const output = readCount(usage.outputTokens) ?? 0
  return {
    input,
    output,
    total: input + output,
    ...(read === undefined ? {} : { cachedInput: read }),
    ...(written === undefined ? {} : { cacheCreationInput: written }),
  }
}
