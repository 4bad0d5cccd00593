// Bedrock's Converse and ConverseStream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { encodeAwsFrame } from '../streams/aws-event-stream.ts'
import { type ConverseRequest, readConverseRequest } from './bedrock-converse-request.ts'
import { bedrockHeaders } from './bedrock-error.ts'
import { type Composition, compose } from './compose.ts'
import type { SimulatedAnswer, SimulatedRequest } from './dialect.ts'
import { hashHex } from './hash.ts'
import type { PacedEvent } from './paced-body.ts'
import { splitTokens } from './tokens.ts'

const stopReasons: Readonly<Record<Composition['end'], string>> = {
  turn: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  tools: 'tool_use',
}

/** Throws a `Rejection`. */
export function answerConverse(
  request: SimulatedRequest,
  model: string,
  framing: 'whole' | 'stream',
): SimulatedAnswer {
  const converse = readConverseRequest(request, model)
  const composition = compose(converse.prompt)
  if (framing === 'stream') {
    return {
      kind: 'stream',
      status: 200,
      headers: bedrockHeaders(request, 'application/vnd.amazon.eventstream'),
      events: streamConverse(request, converse, composition),
      garble: breakChecksum,
    }
  }
  const { calls, text, end } = composition
  const content =
    calls.length > 0
      ? calls.map((call, at) => ({
          toolUse: {
            name: call.name,
            toolUseId: toolUseId(request, at),
            input: JSON.parse(call.input),
          },
        }))
      : [{ text }].filter((block) => block.text !== '')
  return {
    kind: 'whole',
    status: 200,
    headers: bedrockHeaders(request, 'application/json'),
    body: JSON.stringify({
      metrics: { latencyMs: request.latencyMs },
      output: { message: { content, role: 'assistant' } },
      ...tierOf(converse),
      stopReason: stopReasons[end],
      usage: usageOf(composition),
    }),
  }
}

function* streamConverse(
  request: SimulatedRequest,
  converse: ConverseRequest,
  composition: Composition,
): Generator<PacedEvent> {
  const { calls, text, end } = composition
  yield event('messageStart', { role: 'assistant' }, 0)
  if (text !== '') {
    // A text block has no start event: its first delta opens it.
    for (const token of splitTokens(text)) {
      yield event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: token } }, 1)
    }
    yield event('contentBlockStop', { contentBlockIndex: 0 }, 0)
  }
  for (const [contentBlockIndex, call] of calls.entries()) {
    const toolUse = { name: call.name, toolUseId: toolUseId(request, contentBlockIndex) }
    yield event('contentBlockStart', { contentBlockIndex, start: { toolUse } }, 1)
    for (const token of splitTokens(call.input)) {
      const delta = { toolUse: { input: token } }
      yield event('contentBlockDelta', { contentBlockIndex, delta }, 1)
    }
    yield event('contentBlockStop', { contentBlockIndex }, 0)
  }
  yield event('messageStop', { stopReason: stopReasons[end] }, 0)
  const metrics = { latencyMs: request.latencyMs }
  yield event('metadata', { metrics, ...tierOf(converse), usage: usageOf(composition) }, 0)
}

/** Bedrock pads its events to hide their lengths. */
const padding = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

function event(
  type: string,
  payload: Readonly<Record<string, unknown>>,
  tokens: number,
): PacedEvent {
  const text = JSON.stringify(payload)
  const padded = JSON.stringify({ ...payload, p: padding.slice(0, 1 + (text.length % 48)) })
  const headers = {
    ':event-type': type,
    ':content-type': 'application/json',
    ':message-type': 'event',
  }
  return { bytes: encodeAwsFrame(headers, new TextEncoder().encode(padded)), tokens }
}

/** The frame with one bit of its checksum turned over. */
export function breakChecksum(frame: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const broken = frame.slice()
  const last = broken.length - 1
  broken[last] = (broken[last] ?? 0) ^ 1
  return broken
}

function toolUseId(request: SimulatedRequest, at: number): string {
  return `tooluse_${hashHex(`${request.seed} ${at}`).slice(0, 22)}`
}

function tierOf({ serviceTier }: ConverseRequest) {
  return serviceTier === undefined ? {} : { serviceTier: { type: serviceTier } }
}

function usageOf({ inputTokens, outputTokens }: Composition) {
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens }
}
