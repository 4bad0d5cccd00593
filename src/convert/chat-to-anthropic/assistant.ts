// An assistant message as Anthropic's blocks: what was thought, then what was said, then the tools
// called. With tools, thinking has to come back as it was.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking#extended-thinking-with-tool-use
import { decodeBase64 } from '../../base64-bytes.ts'
import { isRecord } from '../../json/is-record.ts'
import type {
  Block,
  RedactedThinkingBlock,
  TextBlock,
  ThinkingBlock,
  ToolUseBlock,
} from '../../wire/anthropic/messages.ts'
import type {
  AssistantMessage,
  AssistantPart,
  ThinkingBlock as ChatThinkingBlock,
  RequestToolCall,
} from '../../wire/openai/chat.ts'
import { readCacheControl } from '../cache-control.ts'
import { isBlank } from '../is-blank.ts'
import { refusal } from '../refusal.ts'
import { streamedThinking } from '../thinking-history.ts'
import { readToolArguments } from '../tool-arguments.ts'
import type { WireNames } from '../wire-names.ts'
import { markLast } from './cache-markers.ts'

export interface AssistantContext {
  readonly tools: WireNames
  readonly callIds: WireNames
}

type Thought = ThinkingBlock | RedactedThinkingBlock

/** Empty where the message says nothing: it is then left out. */
export function convertAssistant(
  message: AssistantMessage,
  context: AssistantContext,
  where: string,
): readonly Block[] {
  const parts = convertContent(message.content, where)
  const given = convertThinkingBlocks(message)
  const told = new Set(given.map(describeThought))
  const rest = parts.filter((part) => !isThought(part) || !told.has(describeThought(part)))
  const calls = (message.tool_calls ?? []).map((call, index) =>
    convertToolCall(call, index, context, `${where}.tool_calls[${index}]`),
  )
  const blocks = [...given, ...thoughtFirst(rest), ...calls]
  return markLast(blocks, readCacheControl(message.cache_control))
}

type Part = Thought | TextBlock

function convertContent(content: AssistantMessage['content'], where: string): Part[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [{ type: 'text', text: content }]
  const parts = isList(content) ? content : [content]
  return parts.flatMap((part, index) => convertPart(part, `${where}.content[${index}]`) ?? [])
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(
  content: AssistantPart | readonly AssistantPart[],
): content is readonly AssistantPart[] {
  return Array.isArray(content)
}

function convertPart(part: AssistantPart, where: string): Part | undefined {
  const type = part.type ?? 'text'
  switch (type) {
    case 'text':
    case 'refusal': {
      const text = (type === 'text' ? part.text : part.refusal) ?? ''
      if (isBlank(text)) return undefined
      return { type: 'text', text, cache_control: readCacheControl(part.cache_control) }
    }
    case 'thinking':
      return signed(part.text ?? part.thinking ?? '', part.signature)
    case 'redacted_thinking': {
      const data = part.redactedContent || part.data
      return data ? { type: 'redacted_thinking', data } : undefined
    }
    default:
      throw refusal(`content type not supported: ${type.slice(0, 64)}`, `${where}.type`)
  }
}

/** What was thought without a signature is not Claude's, and would be rejected. */
function signed(thinking: string, signature: unknown): ThinkingBlock | undefined {
  if (typeof signature !== 'string' || signature === '') return undefined
  return { type: 'thinking', thinking, signature }
}

function convertThinkingBlocks(message: AssistantMessage): Thought[] {
  const blocks = message.thinking_blocks ?? []
  if (blocks.length === 0) return readReasoning(message.reasoning_content)
  return blocks.flatMap((block) => convertThinkingBlock(block, message) ?? [])
}

function convertThinkingBlock(
  block: ChatThinkingBlock,
  message: AssistantMessage,
): Thought | undefined {
  if (block.type === 'redacted_thinking') {
    return block.data ? { type: 'redacted_thinking', data: block.data } : undefined
  }
  return signed(block.thinking || streamedThinking(message), block.signature)
}

/** `reasoning_content` in the shape of Envoy AI Gateway: Bedrock's `reasoningContent`. */
function readReasoning(reasoning: unknown): Thought[] {
  const content = isRecord(reasoning) ? reasoning.reasoningContent : undefined
  if (!isRecord(content)) return []
  const { reasoningText: text, redactedContent } = content
  if (isRecord(text) && typeof text.text === 'string') {
    return [signed(text.text, text.signature) ?? []].flat()
  }
  // There, Anthropic's text has been through base64 once more.
  const bytes = typeof redactedContent === 'string' ? decodeBase64(redactedContent) : undefined
  if (bytes === undefined || bytes.length === 0) return []
  return [{ type: 'redacted_thinking', data: new TextDecoder().decode(bytes) }]
}

function isThought(part: Part): part is Thought {
  return part.type !== 'text'
}

function describeThought(thought: Thought): string {
  return thought.type === 'thinking' ? `signed ${thought.signature}` : `redacted ${thought.data}`
}

/**
 * Thinking that stands between other parts stays there, for Claude thinks between steps as well; only
 * the first part must be thinking if any is.
 */
function thoughtFirst(parts: readonly Part[]): readonly Part[] {
  const [first] = parts
  if (first === undefined || isThought(first) || !parts.some(isThought)) return parts
  return [...parts.filter(isThought), ...parts.filter((part) => !isThought(part))]
}

function convertToolCall(
  call: RequestToolCall,
  index: number,
  context: AssistantContext,
  where: string,
): ToolUseBlock {
  if (!call.id) throw refusal(`tool_call at index ${index} is missing required field 'id'`, where)
  const name = call.function?.name
  if (!name) throw refusal('the tool call names no function', where)
  return {
    type: 'tool_use',
    id: context.callIds.toWire(call.id),
    name: context.tools.toWire(name),
    input: readToolArguments(call.function?.arguments ?? '', `${where}.function.arguments`),
    cache_control: readCacheControl(call.cache_control),
  }
}
