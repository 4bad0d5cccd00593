// Claude at Anthropic, and inside Bedrock's InvokeModel: the same events, each in a frame of its own as base64.
// https://platform.claude.com/docs/en/build-with-claude/streaming
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html
import { ANSWER, USAGE } from './answer-text.mjs'
import { encodeFrame, padding } from './event-frames.mjs'

const counts = {
  input_tokens: USAGE.input,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
}
const message = {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
}
const usage = { ...counts, output_tokens: USAGE.output }
const whole = JSON.stringify({
  ...message,
  content: [{ type: 'text', text: ANSWER }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
})
const opening = [
  {
    type: 'message_start',
    message: {
      ...message,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...counts, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
]
const delta = (text) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'text_delta', text },
})
const closing = [
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
  { type: 'message_stop' },
]
const overhead = opening.length + closing.length

const sse = (event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)

export const anthropic = {
  schema: { name: 'Anthropic' },
  unaryType: 'application/json',
  streamType: 'text/event-stream; charset=utf-8',
  whole,
  open: opening.map(sse),
  piece: (text) => sse(delta(text)),
  close: closing.map(sse),
  overhead,
}

const framed = (event, i = 0) => {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64')
  return encodeFrame('chunk', { bytes, p: padding(i) })
}

export const claudeOnBedrock = {
  schema: { name: 'AWSAnthropic' },
  unaryType: 'application/json',
  streamType: 'application/vnd.amazon.eventstream',
  whole,
  open: opening.map(framed),
  piece: (text, i) => framed(delta(text), i),
  close: closing.map(framed),
  overhead,
}
