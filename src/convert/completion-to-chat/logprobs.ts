// Probabilities of tokens: a list of objects in chat, several lists in text completions.
// https://platform.openai.com/docs/api-reference/completions/object#completions/object-choices
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { TextLogprobs } from '../../wire/openai/completions.ts'

/** `start`: where the text of these tokens begins. `null` where there are none. */
export function convertLogprobs(logprobs: unknown, start: number): TextLogprobs | null {
  if (!isRecord(logprobs) || !Array.isArray(logprobs.content)) return null
  const tokens = logprobs.content.filter(isRecord)
  let offset = start
  return {
    tokens: tokens.map(({ token }) => readText(token)),
    token_logprobs: tokens.map(({ logprob }) => Number(logprob)),
    top_logprobs: tokens.map(({ top_logprobs }) =>
      Object.fromEntries(
        (Array.isArray(top_logprobs) ? top_logprobs.filter(isRecord) : []).map(
          ({ token, logprob }) => [readText(token), Number(logprob)],
        ),
      ),
    ),
    text_offset: tokens.map(({ token }) => {
      const at = offset
      offset += readText(token).length
      return at
    }),
  }
}
