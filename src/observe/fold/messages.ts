// The events of a message, added up. https://docs.anthropic.com/en/docs/build-with-claude/streaming
import { isRecord } from '../../json/is-record.ts'
import type { AnswerFold } from './chat.ts'
import { createTextBudget, firstTokenEvent } from './text-budget.ts'

type Json = Readonly<Record<string, unknown>>

interface Block {
  readonly start: Json
  text: string
  thinking: string
  signature: string | undefined
  partialJson: string
  input: unknown
}

/** Blocks with a higher index are made up. */
const maxBlocks = 1000

export function createMessagesFold(): AnswerFold {
  const budget = createTextBudget()
  const blocks = new Map<number, Block>()
  let begun = false
  let message: Json = {}
  let usage: Json | undefined
  let failure: string | undefined

  const addDelta = (block: Block, delta: Json) => {
    if (typeof delta['text'] === 'string') block.text += budget.take(delta['text'])
    if (typeof delta['thinking'] === 'string') block.thinking += budget.take(delta['thinking'])
    if (typeof delta['signature'] === 'string') block.signature = delta['signature']
    if (typeof delta['partial_json'] === 'string') {
      block.partialJson += budget.take(delta['partial_json'])
    }
  }
  const add = (event: Json) => {
    const { type, index } = event
    const block = typeof index === 'number' ? blocks.get(index) : undefined
    switch (type) {
      case 'message_start':
        message = isRecord(event['message']) ? event['message'] : {}
        usage = isRecord(message['usage']) ? message['usage'] : undefined
        break
      case 'content_block_start':
        if (typeof index !== 'number' || index < 0 || index >= maxBlocks) break
        if (isRecord(event['content_block'])) blocks.set(index, openBlock(event['content_block']))
        break
      case 'content_block_delta':
        if (block !== undefined && isRecord(event['delta'])) addDelta(block, event['delta'])
        break
      case 'content_block_stop':
        if (block !== undefined) block.input = parseInput(block)
        break
      case 'message_delta':
        message = { ...message, ...pick(event['delta'], ['stop_reason', 'stop_sequence']) }
        if (isRecord(event['usage'])) usage = { ...usage, ...pick(event['usage'], undefined) }
        break
      case 'error': {
        const { type: kind, message: said } = isRecord(event['error']) ? event['error'] : {}
        failure = `${String(kind ?? 'error')}: ${String(said ?? '')}`
        break
      }
    }
  }
  return {
    add(event) {
      if (!isRecord(event)) return undefined
      const isFirst = !begun
      begun = true
      add(event)
      return isFirst ? firstTokenEvent : undefined
    },
    answer() {
      if (!begun) return undefined
      const content = [...blocks].toSorted(([a], [b]) => a - b).map(([, block]) => close(block))
      return { ...message, content, ...(usage === undefined ? {} : { usage }) }
    },
    truncated: () => budget.exceeded(),
    failure: () => failure,
  }
}

function openBlock(start: Json): Block {
  const { text = '', thinking = '' } = start
  return {
    start,
    text: String(text),
    thinking: String(thinking),
    signature: undefined,
    partialJson: '',
    input: start['input'],
  }
}

function parseInput({ partialJson, input }: Block): unknown {
  if (partialJson === '') return input
  try {
    return JSON.parse(partialJson)
  } catch {
    return input
  }
}

function close(block: Block): Json {
  const { start, text, thinking, signature, input } = block
  switch (start['type']) {
    case 'text':
      return { ...start, text }
    case 'thinking':
      return { ...start, thinking, ...(signature === undefined ? {} : { signature }) }
    case 'tool_use':
    case 'server_tool_use':
      return { ...start, input: input ?? {} }
    default:
      return start
  }
}

/** Members that say something. */
function pick(value: unknown, names: readonly string[] | undefined): Json {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, member]) =>
        member !== null && member !== undefined && (names === undefined || names.includes(key)),
    ),
  )
}
