// `usageMetadata` of Gemini, whose candidates are counted without their thoughts.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#UsageMetadata
import { isRecord } from '../json/is-record.ts'
import { readCount } from './read-count.ts'
import type { Usage } from './usage.ts'

/** `undefined` where there is no object. */
export function readGeminiUsage(metadata: unknown): Usage | undefined {
  if (!isRecord(metadata)) return undefined
  const cachedInput = readCount(metadata.cachedContentTokenCount)
  const reasoning = readCount(metadata.thoughtsTokenCount)
  const ofTools = readCount(metadata.toolUsePromptTokenCount) ?? 0
  const input = (readCount(metadata.promptTokenCount) ?? 0) + ofTools
  const output = (readCount(metadata.candidatesTokenCount) ?? 0) + (reasoning ?? 0)
  return {
    input,
    output,
    total: readCount(metadata.totalTokenCount) ?? input + output,
    ...(cachedInput === undefined ? {} : { cachedInput }),
    ...(reasoning === undefined ? {} : { reasoning }),
  }
}
