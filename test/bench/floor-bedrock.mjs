// Chat completions as Bedrock's Converse, and back.
import { convertContent, createChunkWriter, writeAnswer } from './chat-messages.mjs'
import { createFrameReader } from './event-frames.mjs'

const finishReasons = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool_calls' }
const blocks = {
  text: (text) => ({ text }),
  image: (type, bytes) => ({ image: { format: type.slice(6), source: { bytes } } }),
}
const toUsage = ({ inputTokens, outputTokens }) => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
})

export const bedrock = {
  path: ({ model, stream }) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
  toRequest: ({ messages, max_tokens, temperature }) =>
    JSON.stringify({
      inferenceConfig: { maxTokens: max_tokens, temperature },
      messages: messages
        .filter(({ role }) => role !== 'system')
        .map(({ content, role }) => ({ content: convertContent(content, blocks), role })),
      system: messages
        .filter(({ role }) => role === 'system')
        .flatMap(({ content }) => convertContent(content, blocks)),
    }),
  fromAnswer: ({ output, stopReason, usage }, { answer, model }) =>
    writeAnswer({
      id: answer.headers['x-amzn-requestid'],
      model,
      content: output.message.content.map(({ text }) => text).join(''),
      finish_reason: finishReasons[stopReason],
      usage: toUsage(usage),
    }),
  translateStream({ answer, model, send, finish }) {
    const chunks = createChunkWriter({ id: answer.headers['x-amzn-requestid'], model }, send)
    const read = createFrameReader((type, payload) => {
      const event = JSON.parse(payload)
      if (type === 'contentBlockDelta') chunks.delta({ content: event.delta.text })
      else if (type === 'messageStart') chunks.delta({ content: '', role: event.role })
      else if (type === 'messageStop')
        chunks.delta({ content: '' }, finishReasons[event.stopReason])
      else if (type === 'metadata') chunks.end(toUsage(event.usage))
    })
    answer.on('data', read).on('end', finish)
  },
}
