// A Converse answer as a chat completion.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax
import { isRecord } from '../../json/is-record.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import { readText } from '../../json/read-text.ts'
import { readConverseUsage } from '../../usage/converse-usage.ts'
import type { Usage } from '../../usage/usage.ts'
import type {
  Annotation,
  ChatAnswer,
  ChatCompletion,
  ThinkingBlock,
  ToolCall,
} from '../../wire/openai/chat.ts'
import { writeUsage } from '../chat-usage.ts'
import type { WireNames } from '../wire-names.ts'
import { convertCitation } from './citations.ts'
import { finishReason } from './finish-reason.ts'

/** What an answer needs that Bedrock does not say. */
export interface AnswerHead {
  readonly id: string | undefined
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  readonly tools: WireNames
}

export interface ConvertedReply {
  readonly completion: ChatCompletion
  readonly usage: Usage | undefined
}

/** `text` is the answer's own JSON. `undefined` where it holds no message. */
export function convertReply(text: string, head: AnswerHead): ConvertedReply | undefined {
  const answer = parse(text)
  if (!isRecord(answer) || !isRecord(answer.output) || !isRecord(answer.output.message)) {
    return undefined
  }
  const message = convertMessage(answer.output.message, text, head.tools)
  const usage = readConverseUsage(answer.usage)
  const completion: ChatCompletion = {
    id: head.id,
    choices: [
      {
        finish_reason: finishReason(
          answer.stopReason,
          message.tool_calls ? 'has-calls' : 'no-calls',
        ),
        index: 0,
        message,
      },
    ],
    created: head.created,
    model: head.model,
    service_tier: readServiceTier(answer.serviceTier),
    object: 'chat.completion',
    usage: usage && writeUsage(usage),
  }
  return { completion, usage }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function readServiceTier(tier: unknown): string | undefined {
  return isRecord(tier) && typeof tier.type === 'string' ? tier.type : undefined
}

function convertMessage(
  message: Readonly<Record<string, unknown>>,
  text: string,
  tools: WireNames,
): ChatAnswer {
  const blocks: readonly unknown[] = Array.isArray(message.content) ? message.content : []
  let content: string | null = null
  let reasoning = ''
  const calls: ToolCall[] = []
  const annotations: Annotation[] = []
  const thinking: ThinkingBlock[] = []
  const inputs = readInputs(blocks, text)

  for (const [index, block] of blocks.entries()) {
    if (!isRecord(block)) continue
    if (typeof block.text === 'string') content = (content ?? '') + block.text
    if (isRecord(block.toolUse)) {
      const { toolUseId, name } = block.toolUse
      calls.push({
        id: readText(toolUseId),
        function: {
          arguments: inputs[index] ?? '{}',
          name: tools.toClient(readText(name)),
        },
        type: 'function',
      })
    }
    if (isRecord(block.citationsContent)) {
      const start = content?.length ?? 0
      content = (content ?? '') + joinTexts(block.citationsContent.content)
      annotations.push(
        ...convertCitations(block.citationsContent.citations, { start, end: content.length }),
      )
    }
    if (isRecord(block.reasoningContent)) {
      const { reasoningText, redactedContent } = block.reasoningContent
      if (isRecord(reasoningText)) {
        reasoning += readText(reasoningText.text)
        const thought = convertThought(reasoningText)
        if (thought) thinking.push(thought)
      }
      if (typeof redactedContent === 'string') {
        thinking.push({ type: 'redacted_thinking', data: redactedContent })
      }
    }
  }
  return {
    content,
    role: typeof message.role === 'string' ? message.role : 'assistant',
    tool_calls: calls.length > 0 ? calls : undefined,
    annotations: annotations.length > 0 ? annotations : undefined,
    reasoning_content: reasoning || undefined,
    thinking_blocks: thinking.length > 0 ? thinking : undefined,
  }
}

/** The inputs of tool calls as they are spelt, at the index of their block. */
function readInputs(blocks: readonly unknown[], text: string): (string | undefined)[] {
  if (!blocks.some((block) => isRecord(block) && isRecord(block.toolUse))) return []
  const message = readMember(readMember(text, 'output'), 'message')
  return readElements(readMember(message, 'content')).map((block) => {
    const input = readMember(readMember(block, 'toolUse'), 'input')
    return input === 'null' ? undefined : input
  })
}

function convertThought(reasoning: Readonly<Record<string, unknown>>): ThinkingBlock | undefined {
  const text = readText(reasoning.text)
  const signature = readText(reasoning.signature)
  if (text === '' && signature === '') return undefined
  return {
    type: 'thinking',
    ...(text === '' ? {} : { thinking: text }),
    ...(signature === '' ? {} : { signature }),
  }
}

function convertCitations(
  citations: unknown,
  range: { readonly start: number; readonly end: number },
): Annotation[] {
  if (!Array.isArray(citations)) return []
  return citations.flatMap((citation: unknown) => convertCitation(citation, range) ?? [])
}

function joinTexts(parts: unknown): string {
  if (!Array.isArray(parts)) return ''
  return parts.map((part: unknown) => (isRecord(part) ? readText(part.text) : '')).join('')
}
