// The events of Anthropic's stream as chat chunks.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import { isRecord } from '../../json/is-record.ts'
import type {
  Frame,
  Framing,
  Meter,
  Rewrite,
  SseWriter,
  StreamFailure,
} from '../../streams/stream-translator.ts'
import { createAnthropicUsageReader } from '../../usage/anthropic-usage.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../wire/openai/chat.ts'
import { writeUsage } from '../chat-usage.ts'
import { readAnthropicFailure } from '../errors/anthropic-error.ts'
import { readBedrockException } from '../errors/bedrock-error.ts'
import { writeOpenAIFailure } from '../errors/openai-error.ts'
import { convertCitation } from './citations.ts'
import { finishReason } from './finish-reason.ts'
import type { AnswerHead } from './reply.ts'

type Payload = Readonly<Record<string, unknown>>

/** How the events come, and what the backend's failures are called. */
export interface StreamSource {
  readonly framing: Framing
  /** `error.type` where the provider gives none. */
  readonly errorType: string
}

/**
 * Chunks as OpenAI writes them: the role in the first one only, a call's id and name in its first only.
 * Blocks are told apart by their number, since a block that is open stays so while others go on.
 */
export function createChunkStream(head: AnswerHead, source: StreamSource): Rewrite {
  const { created, model } = head
  const { tools, answerTool } = head.names
  const usage = createAnthropicUsageReader()
  /** Tool index by content block. */
  const toolIndexes = new Map<unknown, number>()
  /** How long the input of each tool has become, where any piece of it has come. */
  const inputLengths = new Map<number, number>()
  /** The block whose input is the answer. */
  let answerBlock: unknown = Symbol('none')
  let answered = false
  /** Text that counts only if no tool takes the answer. */
  let heldText = ''
  let id = ''
  let named = false
  let hasRole = false
  let stopReason: unknown
  let stopped = false
  let contentLength = 0
  let blockStart = 0
  let begun = false

  const answerId = () => {
    if (id === '') id = head.newId()
    return id
  }
  const chunk = (delta: ChatDelta, finish_reason: FinishReason | null): ChatChunk => ({
    id: answerId(),
    choices: [{ index: 0, delta, finish_reason }],
    created,
    model,
    object: 'chat.completion.chunk',
  })
  const withRole = (delta: ChatDelta): ChatDelta => {
    if (hasRole) return delta
    hasRole = true
    return { role: 'assistant', ...delta }
  }
  const sendContent = (delta: ChatDelta, out: SseWriter, meter: Meter) => {
    meter.content()
    out.send(chunk(withRole(delta), null))
  }
  const sendText = (text: string, out: SseWriter, meter: Meter) => {
    if (text === '') return
    contentLength += text.length
    sendContent({ content: text }, out, meter)
  }
  const sendArguments = (index: number, text: string, out: SseWriter, meter: Meter) => {
    if (text === '') return
    sendContent({ tool_calls: [{ index, function: { arguments: text } }] }, out, meter)
  }

  const onDelta = (payload: Payload, out: SseWriter, meter: Meter) => {
    const { delta, index } = payload
    if (!isRecord(delta)) return
    switch (delta.type) {
      case 'text_delta':
        if (answerTool !== undefined) heldText += readText(delta.text)
        else sendText(readText(delta.text), out, meter)
        return
      case 'input_json_delta': {
        const text = readText(delta.partial_json)
        if (index === answerBlock) return sendText(text, out, meter)
        const at = toolIndexes.get(index)
        // Tools that the provider runs itself are not the client's.
        if (at === undefined) return
        inputLengths.set(at, (inputLengths.get(at) ?? 0) + text.length)
        return sendArguments(at, text, out, meter)
      }
      case 'thinking_delta': {
        const text = readText(delta.thinking)
        if (text !== '') sendContent({ reasoning_content: text }, out, meter)
        return
      }
      case 'signature_delta': {
        const block = { type: 'thinking', signature: readText(delta.signature), ...numbered(index) }
        return sendContent({ thinking_blocks: [block] }, out, meter)
      }
      case 'citations_delta': {
        const range = { start: blockStart, end: contentLength }
        const annotation = convertCitation(delta.citation, range)
        if (annotation) sendContent({ annotations: [annotation] }, out, meter)
      }
    }
  }

  const onStart = (payload: Payload, out: SseWriter, meter: Meter) => {
    const { content_block: block, index } = payload
    begun = true
    blockStart = contentLength
    if (!isRecord(block)) return
    switch (block.type) {
      case 'tool_use': {
        const name = readText(block.name)
        const input = readInput(block.input)
        if (name === answerTool) {
          answerBlock = index
          answered = true
          return sendText(input, out, meter)
        }
        const at = toolIndexes.size
        toolIndexes.set(index ?? `#${at}`, at)
        if (input !== '') inputLengths.set(at, input.length)
        const call = {
          index: at,
          id: readText(block.id),
          function: { arguments: input, name: tools.toClient(name) },
          type: 'function',
        } as const
        return sendContent({ tool_calls: [call] }, out, meter)
      }
      case 'text':
        return sendText(answerTool === undefined ? readText(block.text) : '', out, meter)
      case 'redacted_thinking': {
        const data = readText(block.data)
        const hidden = { type: 'redacted_thinking', data, ...numbered(index) }
        return sendContent({ thinking_blocks: [hidden] }, out, meter)
      }
    }
  }

  const onBlockStop = ({ index }: Payload, out: SseWriter, meter: Meter) => {
    const at = toolIndexes.get(index)
    if (at === undefined || inputLengths.get(at) !== 0) return
    // A call without arguments comes as one empty piece. Clients parse what they get, and '' is no JSON.
    sendArguments(at, '{}', out, meter)
  }

  const onStop = (payload: Payload, out: SseWriter, meter: Meter) => {
    stopped = true
    if (!named) meter.model(model)
    if (!answered) sendText(heldText, out, meter)
    meter.content()
    const reason = finishReason(stopReason, toolIndexes.size > 0 ? 'has-calls' : 'no-calls')
    out.send(chunk(withRole({}), reason))
    if (usage.read() === undefined) usage.add(readMetrics(payload))
    const total = usage.read()
    if (total === undefined) return
    meter.usage(total)
    const last: ChatChunk = {
      id: answerId(),
      choices: [],
      created,
      model,
      object: 'chat.completion.chunk',
      usage: writeUsage(total),
    }
    out.send(last)
  }

  const count = (reported: unknown, meter: Meter) => {
    usage.add(reported)
    const total = usage.read()
    if (total !== undefined) meter.usage(total)
  }

  const onMessage = (payload: Payload, meter: Meter) => {
    const message = isRecord(payload.message) ? payload.message : {}
    named = true
    id = readText(message.id) || id
    meter.model(readText(message.model) || model)
    if (!isRecord(message.usage)) return
    // What is to come has been guessed here; `message_delta` knows.
    const { output_tokens: _, ...input } = message.usage
    count(input, meter)
  }

  const onEvent = (event: unknown, payload: Payload, out: SseWriter, meter: Meter) => {
    switch (event) {
      case 'content_block_delta':
        return onDelta(payload, out, meter)
      case 'content_block_start':
        return onStart(payload, out, meter)
      case 'content_block_stop':
        return onBlockStop(payload, out, meter)
      case 'message_start':
        return onMessage(payload, meter)
      case 'message_delta':
        if (isRecord(payload.delta)) stopReason = payload.delta.stop_reason ?? stopReason
        return count(payload.usage, meter)
      case 'message_stop':
        return onStop(payload, out, meter)
      case 'ping':
        // Keeps clients and proxies awake as it keeps us; without an id yet it could not be of this answer.
        // Before any block it has no role, as at Envoy AI Gateway.
        if (named) out.send(chunk(begun ? withRole({}) : {}, null))
        return
      case 'error':
        return meter.fail(readAnthropicFailure(payload, source.errorType))
      default:
        // Vertex AI reports what its own front end finds in Google's shape, without a type.
        if (event === undefined && isRecord(payload.error)) {
          meter.fail(readAnthropicFailure(payload, source.errorType))
        }
    }
  }

  return {
    kind: 'rewrite',
    framing: source.framing,
    frame(frame: Frame, out: SseWriter, meter: Meter) {
      if (stopped) return
      if (frame.exception !== undefined) return meter.fail(readBedrockException(frame))
      const payload = frame.json()
      if (isRecord(payload)) return onEvent(payload.type ?? frame.event, payload, out, meter)
      if (frame.data === '') return
      meter.fail({
        status: 502,
        type: source.errorType,
        message: 'the provider sent an event that is not a JSON object',
      })
    },
    end(out: SseWriter, meter: Meter) {
      if (stopped) {
        out.raw(done)
        return
      }
      meter.fail({
        status: 502,
        type: 'upstream_stream_truncated',
        message: 'the provider ended the stream before its last event',
      })
    },
    failure(failure: StreamFailure, out: SseWriter) {
      writeOpenAIFailure(failure, out)
      out.raw(done)
    },
  }
}

const done = 'data: [DONE]\n\n'

/** Blocks carry the number of their content block, so that a client can put them together. */
function numbered(index: unknown): { readonly index?: number } {
  return typeof index === 'number' ? { index } : {}
}

/** Mostly empty: the input comes in deltas. */
function readInput(input: unknown): string {
  return isRecord(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : ''
}

/** Bedrock's own counts, in the words of `usage`. */
function readMetrics(payload: Payload): unknown {
  const metrics = payload['amazon-bedrock-invocationMetrics']
  if (!isRecord(metrics)) return undefined
  return {
    input_tokens: metrics.inputTokenCount,
    output_tokens: metrics.outputTokenCount,
    cache_read_input_tokens: metrics.cacheReadInputTokenCount,
    cache_creation_input_tokens: metrics.cacheWriteInputTokenCount,
  }
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
