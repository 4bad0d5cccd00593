// https://platform.openai.com/docs/api-reference/chat/object
import { ANSWER, USAGE } from './answer-text.mjs'

const usage = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
  prompt_tokens_details: { cached_tokens: 0 },
}
const named = { created: 1760000000, model: 'gpt-4o-mini', system_fingerprint: 'fp_bench' }
const sse = (data) => Buffer.from(`data: ${JSON.stringify(data)}\n\n`)
const chunk = (choices, reported = null) =>
  sse({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    ...named,
    choices,
    usage: reported,
  })
const delta = (value, finish_reason = null) =>
  chunk([{ index: 0, delta: value, logprobs: null, finish_reason }])

export const openai = {
  schema: { name: 'OpenAI', prefix: '/v1' },
  unaryType: 'application/json',
  streamType: 'text/event-stream',
  whole: JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    ...named,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: ANSWER, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage,
  }),
  open: [delta({ role: 'assistant', content: '', refusal: null })],
  piece: (text) => delta({ content: text }),
  close: [delta({}, 'stop'), chunk([], usage), Buffer.from('data: [DONE]\n\n')],
  overhead: 3, // [DONE] is not counted
}
