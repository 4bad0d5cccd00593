import { isRecord } from '../../json/is-record.ts'
import { readCount } from '../../usage/read-count.ts'
import type { Usage } from '../../usage/usage.ts'
import type { ChatUsage } from '../../wire/openai/chat.ts'
import { writeUsage } from '../chat-usage.ts'

/** `metadata`: Gemini's own, which also counts text and sound apart. */
export function writeGeminiUsage(usage: Usage, metadata: unknown): ChatUsage {
  const written = writeUsage(usage)
  if (!isRecord(metadata)) return written
  const { prompt_tokens, completion_tokens, total_tokens } = written
  const { prompt_tokens_details: prompt, completion_tokens_details: answer } = written
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    completion_tokens_details: join(answer, countModalities(metadata.candidatesTokensDetails)),
    prompt_tokens_details: join(prompt, countModalities(metadata.promptTokensDetails)),
  }
}

function join<Details extends object>(
  details: Details | undefined,
  counts: ModalityCounts | undefined,
): (Details & ModalityCounts) | undefined {
  // The casts: where there are no details, there are none of theirs.
  if (details === undefined) return counts as (Details & ModalityCounts) | undefined
  return { ...details, ...counts } as Details & ModalityCounts
}

interface ModalityCounts {
  readonly text_tokens?: number
  readonly audio_tokens?: number
}

/** `undefined` where nothing is counted apart. */
function countModalities(details: unknown): ModalityCounts | undefined {
  if (!Array.isArray(details)) return undefined
  let counts: ModalityCounts | undefined
  for (const detail of details as readonly unknown[]) {
    if (!isRecord(detail)) continue
    const tokens = readCount(detail.tokenCount) ?? 0
    if (detail.modality === 'TEXT') counts = { ...counts, text_tokens: tokens }
    if (detail.modality === 'AUDIO') counts = { ...counts, audio_tokens: tokens }
  }
  return counts
}
