// `usage` of OpenAI embeddings: nothing is put out. https://platform.openai.com/docs/api-reference/embeddings/object
import { isRecord } from '../json/is-record.ts'
import { readCount } from './read-count.ts'
import type { Usage } from './usage.ts'

/** 0 where nothing is reported. */
export function readEmbeddingsUsage(usage: unknown): Usage {
  const counts = isRecord(usage) ? usage : {}
  const input = readCount(counts.prompt_tokens) ?? 0
  return { input, total: readCount(counts.total_tokens) ?? input }
}
