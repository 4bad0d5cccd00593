// Claude, wherever it runs: Anthropic's own API, Vertex AI, and InvokeModel of Amazon Bedrock.
// https://platform.claude.com/docs/en/api/messages
// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
import { encodeBase64 } from '../base64-bytes.ts'
import { encodeAwsFrame } from '../streams/aws-event-stream.ts'
import { answerAsClaude, type ClaudeAnswer, type ClaudeEvent } from './anthropic-answer.ts'
import { anthropicError, anthropicHeaders, usualMessage } from './anthropic-error.ts'
import { type Envelope, readMessagesRequest } from './anthropic-request.ts'
import { bedrock } from './bedrock.ts'
import { breakChecksum } from './bedrock-converse.ts'
import { bedrockHeaders, bedrockRejectWith } from './bedrock-error.ts'
import {
  decodeSegment,
  Rejection,
  type SimulatedAnswer,
  type SimulatedDialect,
  type SimulatedRequest,
  type WholeAnswer,
} from './dialect.ts'
import type { PacedEvent } from './paced-body.ts'

/** One way to reach Claude. */
interface Transport {
  readonly idPrefix: string
  readonly envelope: Envelope
  readonly streamType: string
  headers(request: SimulatedRequest, contentType: string): Readonly<Record<string, string>>
  reject(request: SimulatedRequest, message: string): never
  encode(event: ClaudeEvent, answer: ClaudeAnswer): Uint8Array<ArrayBuffer>
  garble(event: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
  refuse(status: number, request: SimulatedRequest, message?: string): WholeAnswer
}

export const anthropic: SimulatedDialect = {
  name: 'Anthropic',
  serves: (url) => url.hostname === 'api.anthropic.com' || transportFor(url) !== undefined,
  answer(request) {
    const transport = request.method === 'POST' ? transportFor(request.url) : undefined
    if (transport === undefined) return anthropicError(request, 404, usualMessage(404))
    return answerBy(transport, request)
  },
  refuse(status, request, message) {
    return (transportFor(request.url) ?? direct).refuse(status, request, message)
  },
}

const vertexPath = /\/publishers\/anthropic\/models\/([^/]+):(rawPredict|streamRawPredict)$/
const bedrockPath = /\/model\/([^/]+)\/(invoke|invoke-with-response-stream)$/
/** An ARN may stand for anybody's model; other makers have operations of their own. */
const maybeClaude = /anthropic|claude|^arn:/

function transportFor({ pathname }: URL): Transport | undefined {
  if (pathname.endsWith('/messages')) return direct
  const vertex = vertexPath.exec(pathname)
  if (vertex !== null) return createVertex(decodeSegment(vertex[1] ?? ''), vertex[2] ?? '')
  const invoked = bedrockPath.exec(pathname)
  const model = decodeSegment(invoked?.[1] ?? '')
  if (invoked === null || !maybeClaude.test(model)) return undefined
  return createBedrock(model, invoked[2] ?? '')
}

function answerBy(transport: Transport, request: SimulatedRequest): SimulatedAnswer {
  const { envelope, streamType } = transport
  const asked = readMessagesRequest(request, envelope, (message) =>
    transport.reject(request, message),
  )
  const answer = answerAsClaude(request, asked, transport.idPrefix)
  if (!asked.stream) {
    return {
      kind: 'whole',
      status: 200,
      headers: transport.headers(request, 'application/json'),
      body: JSON.stringify(answer.message),
    }
  }
  return {
    kind: 'stream',
    status: 200,
    headers: transport.headers(request, streamType),
    events: encodeEvents(transport, answer),
    garble: transport.garble,
  }
}

function* encodeEvents(transport: Transport, answer: ClaudeAnswer): Generator<PacedEvent> {
  for (const { event, tokens } of answer.events) {
    yield { bytes: transport.encode(event, answer), tokens }
  }
}

const encoder = new TextEncoder()

const sse: Pick<Transport, 'streamType' | 'encode' | 'garble' | 'headers' | 'reject' | 'refuse'> = {
  streamType: 'text/event-stream; charset=utf-8',
  headers: anthropicHeaders,
  encode: (event) => encoder.encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  garble: () => encoder.encode('event: content_block_delta\ndata: {"type":"content_bl\n\n'),
  reject(request, message) {
    throw new Rejection(anthropicError(request, 400, message))
  },
  refuse: (status, request, message) =>
    anthropicError(request, status, message ?? usualMessage(status)),
}

const direct: Transport = {
  ...sse,
  idPrefix: 'msg_01',
  envelope: {
    model: undefined,
    required: ['model'],
    optional: ['stream', 'service_tier', 'cache_control', 'container', 'inference_geo'],
    stream: undefined,
  },
}

function createVertex(model: string, method: string): Transport {
  return {
    ...sse,
    idPrefix: 'msg_vrtx_01',
    envelope: {
      model,
      required: ['anthropic_version'],
      optional: ['stream', 'anthropic_beta'],
      stream: method === 'streamRawPredict',
    },
    refuse: (status, request, message) =>
      googleStatuses[status] === undefined
        ? sse.refuse(status, request, message)
        : googleError(request, status, message),
  }
}

/** Google's front end answers these before Anthropic's service has a say. */
const googleStatuses: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
}

function googleError(
  request: SimulatedRequest,
  status: number,
  message = usualMessage(status),
): WholeAnswer {
  return {
    kind: 'whole',
    status,
    headers: anthropicHeaders(request, 'application/json; charset=UTF-8'),
    body: JSON.stringify({ error: { code: status, message, status: googleStatuses[status] } }),
  }
}

function createBedrock(model: string, operation: string): Transport {
  return {
    idPrefix: 'msg_bdrk_01',
    envelope: {
      model,
      required: ['anthropic_version'],
      optional: ['anthropic_beta'],
      stream: operation === 'invoke-with-response-stream',
    },
    streamType: 'application/vnd.amazon.eventstream',
    headers: bedrockHeaders,
    reject: (request, message) => bedrockRejectWith(request).invalid(message),
    encode: encodeChunk,
    garble: breakChecksum,
    refuse: bedrock.refuse,
  }
}

/** The event inside a frame, padded as Bedrock pads it to hide its length. */
function encodeChunk(event: ClaudeEvent, answer: ClaudeAnswer): Uint8Array<ArrayBuffer> {
  const metrics = {
    'amazon-bedrock-invocationMetrics': {
      inputTokenCount: answer.inputTokens,
      outputTokenCount: answer.outputTokens,
      invocationLatency: 0,
      firstByteLatency: 0,
    },
  }
  const text = JSON.stringify(event.type === 'message_stop' ? { ...event, ...metrics } : event)
  const p = 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + (text.length % 26))
  const payload = JSON.stringify({ bytes: encodeBase64(encoder.encode(text)), p })
  const headers = {
    ':event-type': 'chunk',
    ':content-type': 'application/json',
    ':message-type': 'event',
  }
  return encodeAwsFrame(headers, encoder.encode(payload))
}
