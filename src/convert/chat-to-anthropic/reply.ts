// Anthropic's message as a chat completion.
// https://platform.claude.com/docs/en/api/messages
import { isRecord } from '../../json/is-record.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import { readAnthropicUsage } from '../../usage/anthropic-usage.ts'
import type { Usage } from '../../usage/usage.ts'
import type {
  Annotation,
  ChatAnswer,
  ChatCompletion,
  ThinkingBlock,
  ToolCall,
} from '../../wire/openai/chat.ts'
import { writeUsage } from '../chat-usage.ts'
import { convertCitation } from './citations.ts'
import { finishReason } from './finish-reason.ts'
import type { AnswerNames } from './request.ts'

/** What an answer needs that Anthropic may not say. */
export interface AnswerHead {
  /** For an answer without an id. */
  readonly newId: () => string
  /** Seconds since the epoch. */
  readonly created: number
  /** The model that was asked. */
  readonly model: string
  readonly names: AnswerNames
}

export interface ConvertedReply {
  readonly completion: ChatCompletion
  readonly usage: Usage | undefined
}

/** `text` is the answer's own JSON. `undefined` where it is no message. */
export function convertReply(text: string, head: AnswerHead): ConvertedReply | undefined {
  const answer = parse(text)
  if (!isRecord(answer) || !Array.isArray(answer.content)) return undefined
  const message = convertMessage(answer, answer.content, text, head.names)
  const usage = readAnthropicUsage(answer.usage)
  const completion: ChatCompletion = {
    id: readText(answer.id) || head.newId(),
    choices: [
      {
        finish_reason: finishReason(
          answer.stop_reason,
          message.tool_calls ? 'has-calls' : 'no-calls',
        ),
        index: 0,
        message,
      },
    ],
    created: head.created,
    model: readText(answer.model) || head.model,
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

function convertMessage(
  answer: Readonly<Record<string, unknown>>,
  blocks: readonly unknown[],
  text: string,
  { tools, answerTool }: AnswerNames,
): ChatAnswer {
  let content: string | null = null
  /** The input of the tool that takes the answer: then nothing else is its content. */
  let given: string | undefined
  let reasoning = ''
  const calls: ToolCall[] = []
  const annotations: Annotation[] = []
  const thinking: ThinkingBlock[] = []
  const inputs = readInputs(blocks, text)

  for (const [index, block] of blocks.entries()) {
    if (!isRecord(block)) continue
    switch (block.type) {
      case 'text': {
        const start = content?.length ?? 0
        content = (content ?? '') + readText(block.text)
        annotations.push(...convertCitations(block.citations, start, content.length))
        break
      }
      case 'tool_use': {
        const name = readText(block.name)
        const input = inputs[index] ?? '{}'
        if (name === answerTool) given = input
        else {
          calls.push({
            id: readText(block.id),
            function: { arguments: input, name: tools.toClient(name) },
            type: 'function',
          })
        }
        break
      }
      case 'thinking':
        reasoning += readText(block.thinking)
        thinking.push({
          type: 'thinking',
          thinking: readText(block.thinking),
          signature: readText(block.signature),
        })
        break
      case 'redacted_thinking':
        thinking.push({ type: 'redacted_thinking', data: readText(block.data) })
    }
  }
  return {
    content: given ?? (content || null),
    role: readText(answer.role) || 'assistant',
    tool_calls: calls.length > 0 ? calls : undefined,
    annotations: given === undefined && annotations.length > 0 ? annotations : undefined,
    reasoning_content: reasoning || undefined,
    thinking_blocks: thinking.length > 0 ? thinking : undefined,
  }
}

/** The inputs of tool calls as they are spelt, at the index of their block. */
function readInputs(blocks: readonly unknown[], text: string): (string | undefined)[] {
  if (!blocks.some((block) => isRecord(block) && block.type === 'tool_use')) return []
  return readElements(readMember(text, 'content')).map((block) => {
    const input = readMember(block, 'input')
    return input === 'null' ? undefined : input
  })
}

function convertCitations(citations: unknown, start: number, end: number): Annotation[] {
  if (!Array.isArray(citations)) return []
  return citations.flatMap((citation: unknown) => convertCitation(citation, { start, end }) ?? [])
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
