// An assistant message as Converse blocks: reasoning, then text, then the tools it calls. Claude wants
// reasoning first, with its signature: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
import type { ContentBlock, ReasoningBlock } from '../../wire/bedrock/converse.ts'
import type {
  AssistantMessage,
  AssistantPart,
  RequestToolCall,
  ThinkingBlock,
} from '../../wire/openai/chat.ts'
import { toStandardBase64 } from '../base64.ts'
import { isBlank } from '../is-blank.ts'
import { refusal } from '../refusal.ts'
import { streamedThinking } from '../thinking-history.ts'
import { readToolArguments } from '../tool-arguments.ts'
import type { WireNames } from '../wire-names.ts'
import { withCachePoint } from './cache-points.ts'

export interface AssistantContext {
  readonly tools: WireNames
  readonly callIds: WireNames
  /** Claude rejects reasoning without a signature. */
  readonly needsSignature: boolean
}

/** Empty where the message says nothing: it is then left out. */
export function convertAssistant(
  message: AssistantMessage,
  context: AssistantContext,
  where: string,
): ContentBlock[] {
  const thinking = (message.thinking_blocks ?? []).flatMap((block, index) =>
    convertThinkingBlock(
      block,
      message,
      context.needsSignature,
      `${where}.thinking_blocks[${index}]`,
    ),
  )
  const told = new Set(thinking.map(describeReasoning))
  const parts = convertContent(message.content, where).filter(
    ([block]) => !isReasoning(block) || !told.has(describeReasoning(block)),
  )
  const calls = (message.tool_calls ?? []).flatMap((call, index) =>
    convertToolCall(call, index, context, `${where}.tool_calls[${index}]`),
  )
  return [...thinking, ...reasoningFirst(parts).flat(), ...calls]
}

/** What a part becomes: its block, and maybe a cache point behind it. */
type Group = readonly [ContentBlock, ...ContentBlock[]]

function convertContent(content: AssistantMessage['content'], where: string): Group[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return isBlank(content) ? [] : [[{ text: content }]]
  const parts = isList(content) ? content : [content]
  return parts.flatMap((part, index): Group[] => {
    const block = convertPart(part, `${where}.content[${index}]`)
    return block ? [withCachePoint(block, part.cache_control)] : []
  })
}

/** `Array.isArray` does not narrow read-only arrays. */
function isList(
  content: AssistantPart | readonly AssistantPart[],
): content is readonly AssistantPart[] {
  return Array.isArray(content)
}

/** Parts of other types are left out: they are other vendors' notes to themselves. */
function convertPart(part: AssistantPart, where: string): ContentBlock | undefined {
  switch (part.type ?? 'text') {
    case 'text':
      return convertText(part.text ?? '')
    case 'refusal':
      return convertText(part.refusal ?? '')
    case 'thinking': {
      const text = part.text ?? part.thinking ?? ''
      const signature = part.signature || undefined
      if (text === '' && signature === undefined) return undefined
      return { reasoningContent: { reasoningText: { text, signature } } }
    }
    case 'redacted_thinking':
      return convertRedacted(part.redactedContent ?? part.data ?? '', where)
    default:
      return undefined
  }
}

function convertText(text: string): ContentBlock | undefined {
  return isBlank(text) ? undefined : { text }
}

function convertThinkingBlock(
  block: ThinkingBlock,
  message: AssistantMessage,
  needsSignature: boolean,
  where: string,
): ReasoningBlock[] {
  if (block.type === 'redacted_thinking') return [convertRedacted(block.data ?? '', where)]
  const signature = block.signature || undefined
  const text = block.thinking || streamedThinking(message)
  if (signature === undefined && (needsSignature || text === '')) return []
  return [{ reasoningContent: { reasoningText: { text, signature } } }]
}

function convertRedacted(data: string, where: string): ReasoningBlock {
  const redactedContent = data === '' ? undefined : toStandardBase64(data)
  if (redactedContent === undefined) {
    throw refusal('redacted_content must be a binary/bytes value in bedrock', where)
  }
  return { reasoningContent: { redactedContent } }
}

function isReasoning(block: ContentBlock): block is ReasoningBlock {
  return 'reasoningContent' in block
}

function describeReasoning({ reasoningContent }: ReasoningBlock): string {
  return 'redactedContent' in reasoningContent
    ? `redacted ${reasoningContent.redactedContent}`
    : `text ${reasoningContent.reasoningText.text}`
}

/**
 * Reasoning that stands between other parts stays there, for Claude thinks between steps as well; only
 * the first part must be reasoning if any is.
 */
function reasoningFirst(groups: readonly Group[]): readonly Group[] {
  const thinks = ([block]: Group) => isReasoning(block)
  const [first] = groups
  if (first === undefined || thinks(first) || !groups.some(thinks)) return groups
  return [...groups.filter(thinks), ...groups.filter((group) => !thinks(group))]
}

function convertToolCall(
  call: RequestToolCall,
  index: number,
  context: AssistantContext,
  where: string,
): readonly ContentBlock[] {
  if (!call.id) throw refusal(`tool_call at index ${index} is missing required field 'id'`, where)
  const name = call.function?.name
  if (!name) throw refusal('the tool call names no function', where)
  const block: ContentBlock = {
    toolUse: {
      name: context.tools.toWire(name),
      input: readToolArguments(call.function?.arguments ?? '', `${where}.function.arguments`),
      toolUseId: context.callIds.toWire(call.id),
    },
  }
  return withCachePoint(block, call.cache_control)
}
