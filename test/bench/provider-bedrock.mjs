// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { ANSWER, USAGE } from './answer-text.mjs'
import { encodeFrame, padding } from './event-frames.mjs'

const usage = {
  inputTokens: USAGE.input,
  outputTokens: USAGE.output,
  totalTokens: USAGE.input + USAGE.output,
}

export const bedrock = {
  schema: { name: 'AWSBedrock' },
  unaryType: 'application/json',
  streamType: 'application/vnd.amazon.eventstream',
  whole: JSON.stringify({
    metrics: { latencyMs: 812 },
    output: { message: { content: [{ text: ANSWER }], role: 'assistant' } },
    stopReason: 'end_turn',
    usage,
  }),
  open: [encodeFrame('messageStart', { p: padding(3), role: 'assistant' })],
  piece: (text, i) =>
    encodeFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text }, p: padding(i) }),
  close: [
    encodeFrame('contentBlockStop', { contentBlockIndex: 0, p: padding(1) }),
    encodeFrame('messageStop', { p: padding(2), stopReason: 'end_turn' }),
    encodeFrame('metadata', { metrics: { latencyMs: 812 }, p: padding(4), usage }),
  ],
  overhead: 4,
}
