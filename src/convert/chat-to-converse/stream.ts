// The events of ConverseStream as chat chunks.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { isRecord } from '../../json/is-record.ts'
import { readText } from '../../json/read-text.ts'
import type { Frame, Meter, Rewrite, SseWriter } from '../../streams/stream-translator.ts'
import { readConverseUsage } from '../../usage/converse-usage.ts'
import { converseEvents } from '../../wire/bedrock/converse.ts'
import type { ChatChunk, ChatDelta, FinishReason } from '../../wire/openai/chat.ts'
import { writeUsage } from '../chat-usage.ts'
import { bedrockErrorType, readBedrockException } from '../errors/bedrock-error.ts'
import { writeOpenAIFailure } from '../errors/openai-error.ts'
import { convertCitation } from './citations.ts'
import { finishReason } from './finish-reason.ts'
import { type AnswerHead, readServiceTier } from './reply.ts'

type Payload = Readonly<Record<string, unknown>>

/**
 * Chunks as OpenAI writes them: the role in the first one only, a call's id and name in its first only.
 * Tools are counted apart from other blocks, and a block that is open stays so while others go on.
 */
export function createChunkStream(head: AnswerHead): Rewrite {
  const { id, created, model, tools } = head
  /** Tool index by content block. */
  const toolIndexes = new Map<unknown, number>()
  /** Tools whose input has not begun. */
  const inputless = new Set<number>()
  let named = false
  let stopped = false
  let contentLength = 0
  let blockStart = 0

  const chunk = (delta: ChatDelta, finish_reason?: FinishReason): ChatChunk => ({
    id,
    choices: [{ index: 0, delta, finish_reason }],
    created,
    model,
    object: 'chat.completion.chunk',
  })
  const sendContent = (delta: ChatDelta, out: SseWriter, meter: Meter) => {
    meter.content()
    out.send(chunk(delta))
  }

  const onDelta = (payload: Payload, out: SseWriter, meter: Meter) => {
    const { delta, contentBlockIndex } = payload
    if (!isRecord(delta)) return
    const { text, toolUse, reasoningContent, citation } = delta
    if (typeof text === 'string') {
      contentLength += text.length
      return sendContent({ content: text }, out, meter)
    }
    if (isRecord(toolUse)) {
      const index = toolIndexes.get(contentBlockIndex) ?? Math.max(0, toolIndexes.size - 1)
      const input = readText(toolUse.input)
      if (input !== '') inputless.delete(index)
      return sendContent({ tool_calls: [argumentsOf(index, input)] }, out, meter)
    }
    if (isRecord(reasoningContent)) {
      const reasoning = convertReasoning(reasoningContent, contentBlockIndex)
      if (reasoning) sendContent(reasoning, out, meter)
      return
    }
    const annotation = convertCitation(citation, { start: blockStart, end: contentLength })
    if (annotation) sendContent({ annotations: [annotation] }, out, meter)
  }

  const onStart = (payload: Payload, out: SseWriter, meter: Meter) => {
    const { start, contentBlockIndex } = payload
    blockStart = contentLength
    if (!isRecord(start) || !isRecord(start.toolUse)) return
    const { toolUseId, name } = start.toolUse
    const index = toolIndexes.size
    toolIndexes.set(contentBlockIndex ?? `#${index}`, index)
    inputless.add(index)
    const call = {
      index,
      id: readText(toolUseId),
      function: { arguments: '', name: tools.toClient(readText(name)) },
      type: 'function' as const,
    }
    sendContent({ tool_calls: [call] }, out, meter)
  }

  const onBlockStop = ({ contentBlockIndex }: Payload, out: SseWriter, meter: Meter) => {
    blockStart = contentLength
    const index =
      contentBlockIndex === undefined ? toolIndexes.size - 1 : toolIndexes.get(contentBlockIndex)
    // Clients parse what they are sent, and nothing is no JSON.
    if (index !== undefined && inputless.delete(index)) {
      sendContent({ tool_calls: [argumentsOf(index, '{}')] }, out, meter)
    }
  }

  const onStop = ({ stopReason }: Payload, out: SseWriter, meter: Meter) => {
    stopped = true
    const reason = finishReason(stopReason, toolIndexes.size > 0 ? 'has-calls' : 'no-calls')
    meter.content()
    out.send(chunk({ content: '' }, reason))
  }

  const onMetadata = (payload: Payload, out: SseWriter, meter: Meter) => {
    const usage = readConverseUsage(payload.usage)
    if (usage === undefined) return
    meter.usage(usage)
    const last: ChatChunk = {
      id,
      choices: [],
      created,
      model,
      service_tier: readServiceTier(payload.serviceTier),
      object: 'chat.completion.chunk',
      usage: writeUsage(usage),
    }
    out.send(last)
  }

  const onEvent = (event: unknown, payload: Payload, out: SseWriter, meter: Meter) => {
    switch (event) {
      case 'contentBlockDelta':
        return onDelta(payload, out, meter)
      case 'messageStart':
        if (typeof payload.role === 'string') out.send(chunk({ content: '', role: payload.role }))
        return
      case 'contentBlockStart':
        return onStart(payload, out, meter)
      case 'contentBlockStop':
        return onBlockStop(payload, out, meter)
      case 'messageStop':
        return onStop(payload, out, meter)
      case 'metadata':
        return onMetadata(payload, out, meter)
    }
  }

  return {
    kind: 'rewrite',
    framing: 'aws-event-stream',
    frame(frame: Frame, out: SseWriter, meter: Meter) {
      if (frame.exception !== undefined) return meter.fail(readBedrockException(frame))
      if (!named) {
        named = true
        meter.model(model)
      }
      const payload = frame.json()
      if (isRecord(payload)) return onEvent(payload.eventType ?? frame.event, payload, out, meter)
      // What cannot be read of an event that is known would be lost text; other frames are not ours.
      if (frame.event !== undefined && converseEvents.has(frame.event)) {
        fail(meter, `AWS Bedrock sent a ${frame.event} event that is not a JSON object`)
      }
    },
    end(out: SseWriter, meter: Meter) {
      if (stopped) out.raw('data: [DONE]\n\n')
      else fail(meter, 'the provider ended the stream before its last event')
    },
    failure: writeOpenAIFailure,
  }
}

function fail(meter: Meter, message: string): void {
  meter.fail({ status: 502, type: bedrockErrorType, message })
}

function argumentsOf(index: number, text: string) {
  return { index, function: { arguments: text } }
}

/** The blocks carry the number of their content block, so that a client can put them together. */
function convertReasoning(reasoning: Payload, block: unknown): ChatDelta | undefined {
  const { text, signature, redactedContent } = reasoning
  if (typeof text === 'string') return { reasoning_content: text }
  const index = typeof block === 'number' ? { index: block } : {}
  if (typeof signature === 'string') {
    return { thinking_blocks: [{ type: 'thinking', signature, ...index }] }
  }
  if (typeof redactedContent === 'string') {
    return { thinking_blocks: [{ type: 'redacted_thinking', data: redactedContent, ...index }] }
  }
  return undefined
}
