// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#LogprobsResult
import { isRecord } from '../../json/is-record.ts'
import type { ChatLogprobs, TokenLogprob } from '../../wire/openai/chat.ts'

/** `undefined` where no token is told. */
export function convertLogprobs(result: unknown): ChatLogprobs | undefined {
  if (!isRecord(result)) return undefined
  const chosen = listRecords(result.chosenCandidates)
  if (chosen.length === 0) return undefined
  const top: readonly unknown[] = Array.isArray(result.topCandidates) ? result.topCandidates : []
  return {
    content: chosen.map((token, index) => {
      const others = top[index]
      const candidates = isRecord(others) ? listRecords(others.candidates) : []
      return { ...convertToken(token), top_logprobs: candidates.map(convertToken) }
    }),
  }
}

function convertToken(token: Readonly<Record<string, unknown>>): TokenLogprob {
  return { token: token.token ?? '', logprob: token.logProbability ?? 0, bytes: null }
}

function listRecords(values: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(values) ? values.filter(isRecord) : []
}
