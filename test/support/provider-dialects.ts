// What two kinds of provider send for the same chat, so that one table of faults covers the tap and the
// rewrite.
import type { BackendSpec } from '../../src/config/config.ts'
import { encodeAwsFrame } from '../../src/streams/aws-event-stream.ts'
import { chatChunks, completion } from './scripted-provider.ts'

export interface ProviderDialect {
  readonly name: 'OpenAI' | 'AWSBedrock'
  readonly schema: BackendSpec['schema']
  readonly streamType: string
  /** A whole, proper stream, event by event. */
  events(texts: readonly string[]): Uint8Array[]
  /** How many of `events(…)` come before the first content. */
  readonly beforeContent: number
  /** One event of content. */
  content(text: string): Uint8Array
  /** A proper unary answer. */
  readonly whole: string
  /** The type of errors that the gateway finds at this provider. */
  readonly errorType: string
}

const encoder = new TextEncoder()

const awsEvent = (type: string, payload: unknown) =>
  encodeAwsFrame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    encoder.encode(JSON.stringify(payload)),
  )

export const awsException = (type: string, payload: unknown) =>
  encodeAwsFrame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    encoder.encode(JSON.stringify(payload)),
  )

const openaiContent = (content: string) =>
  encoder.encode(
    `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm-2026', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
  )

export const openai: ProviderDialect = {
  name: 'OpenAI',
  schema: { name: 'OpenAI' },
  streamType: 'text/event-stream',
  events: (texts) => chatChunks(texts).map((text) => encoder.encode(text)),
  beforeContent: 1,
  content: openaiContent,
  whole: JSON.stringify(completion('Hello')),
  errorType: 'OpenAIBackendError',
}

const bedrockContent = (text: string) =>
  awsEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })

export const bedrock: ProviderDialect = {
  name: 'AWSBedrock',
  schema: { name: 'AWSBedrock' },
  streamType: 'application/vnd.amazon.eventstream',
  events: (texts) => [
    awsEvent('messageStart', { role: 'assistant' }),
    ...texts.map(bedrockContent),
    awsEvent('contentBlockStop', { contentBlockIndex: 0 }),
    awsEvent('messageStop', { stopReason: 'end_turn' }),
    awsEvent('metadata', {
      usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
      metrics: { latencyMs: 1 },
    }),
  ],
  beforeContent: 1,
  content: bedrockContent,
  whole: JSON.stringify({
    output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
    metrics: { latencyMs: 1 },
  }),
  errorType: 'AWSBedrockBackendError',
}

export const dialects: readonly ProviderDialect[] = [openai, bedrock]
