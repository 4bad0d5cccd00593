// Chat completions as Anthropic's Messages, and back; also inside the frames of Bedrock's InvokeModel.
import { convertContent, createChunkWriter, writeAnswer } from './chat-messages.mjs'
import { createFrameReader } from './event-frames.mjs'
import { readEvents } from './server-sent-events.mjs'

const finishReasons = { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool_calls' }
const blocks = {
  text: (text) => ({ type: 'text', text }),
  image: (media_type, data) => ({ type: 'image', source: { type: 'base64', media_type, data } }),
}

const toMessages = ({ messages, max_tokens, temperature }) => ({
  max_tokens,
  messages: messages
    .filter(({ role }) => role !== 'system')
    .map(({ content, role }) => ({ role, content: convertContent(content, blocks) })),
  system: messages
    .filter(({ role }) => role === 'system')
    .flatMap(({ content }) => convertContent(content, blocks)),
  temperature,
})

function toUsage({
  input_tokens,
  cache_creation_input_tokens,
  cache_read_input_tokens,
  output_tokens,
}) {
  const input = input_tokens + cache_creation_input_tokens + cache_read_input_tokens
  return {
    prompt_tokens: input,
    completion_tokens: output_tokens,
    total_tokens: input + output_tokens,
    prompt_tokens_details: {},
  }
}

const fromAnswer = ({ id, model, content, stop_reason, usage }) =>
  writeAnswer({
    id,
    model,
    content: content.map(({ text }) => text).join(''),
    finish_reason: finishReasons[stop_reason],
    usage: toUsage(usage),
  })

/** Takes each event as JSON. */
function createTranslator(model, send) {
  const chunks = createChunkWriter({ id: '', model }, send)
  let reason
  let usage
  let hasRole = false
  const sendText = (content) => {
    if (content === '') return
    chunks.delta(hasRole ? { content } : { role: 'assistant', content }, null)
    hasRole = true
  }
  return (data) => {
    const event = JSON.parse(data)
    switch (event.type) {
      case 'content_block_delta':
        return sendText(event.delta.text)
      case 'message_start':
        chunks.id = event.message.id
        usage = event.message.usage
        return
      case 'message_delta':
        reason = event.delta.stop_reason
        usage = { ...usage, ...event.usage }
        return
      case 'message_stop':
        chunks.delta({}, finishReasons[reason])
        chunks.end(toUsage(usage))
    }
  }
}

export const anthropic = {
  path: () => '/v1/messages',
  toRequest: (parsed) =>
    JSON.stringify({ model: parsed.model, ...toMessages(parsed), stream: parsed.stream }),
  fromAnswer,
  translateStream({ answer, model, send, finish }) {
    readEvents(answer, '\n\n', { emit: createTranslator(model, send), end: finish })
  },
}

export const claudeOnBedrock = {
  path: ({ model, stream }) =>
    `/model/${model}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
  toRequest: (parsed) =>
    JSON.stringify({ anthropic_version: 'bedrock-2023-05-31', ...toMessages(parsed) }),
  fromAnswer,
  translateStream({ answer, model, send, finish }) {
    const translate = createTranslator(model, send)
    const read = createFrameReader((_, payload) =>
      translate(Buffer.from(JSON.parse(payload).bytes, 'base64').utf8Slice()),
    )
    answer.on('data', read).on('end', finish)
  },
}
