// What Anthropic's Messages API makes of a request, and what it refuses.
// https://platform.claude.com/docs/en/api/messages/create
import { isRecord } from '../json/is-record.ts'
import {
  createFieldReader,
  type FieldReader,
  type Fields,
  type Reject,
} from './anthropic-fields.ts'
import { type Conversation, readConversation, readText } from './anthropic-messages.ts'
import { readToolChoice, readTools } from './anthropic-tools.ts'
import type { Prompt } from './compose.ts'
import { readJson, type SimulatedRequest } from './dialect.ts'

export interface MessagesRequest {
  readonly prompt: Prompt
  readonly stream: boolean
  readonly thinks: boolean
}

/** What a request holds beside the parameters of the model. */
export interface Envelope {
  /** `undefined`: the body names it. */
  readonly model: string | undefined
  /** Fields that stand only here: `anthropic_version`, say. */
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** `undefined`: the body says it. */
  readonly stream: boolean | undefined
}

const parameters = [
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'metadata',
]

/** Throws a `Rejection`. */
export function readMessagesRequest(
  request: SimulatedRequest,
  envelope: Envelope,
  reject: Reject,
): MessagesRequest {
  const read = createFieldReader(reject)
  const body = readJson(request.body)
  if (!isRecord(body)) return reject('The request body is not valid JSON: it must be an object')
  for (const field of envelope.required) read.required(body, field, 'string')
  read.only(body, new Set([...parameters, ...envelope.required, ...envelope.optional]))
  const maxTokens = read.required(body, 'max_tokens', 'integer')
  if (maxTokens < 1) reject('max_tokens: Input should be greater than or equal to 1')
  const conversation = readConversation(read, body)
  const tools = readTools(read, body)
  const { choice, maxCalls } = readToolChoice(read, body, tools)
  const thinks = readThinking(read, body, { choice, maxTokens, conversation })
  readSampling(read, body)
  readMetadata(read, body)
  countMarkers(read, body)
  return {
    stream: envelope.stream ?? read.optional(body, 'stream', 'boolean') ?? false,
    thinks,
    prompt: {
      model: envelope.model ?? read.required(body, 'model', 'string'),
      backend: request.backend,
      question: conversation.question,
      toolResults: conversation.toolResults,
      tools,
      choice,
      maxCalls,
      format: readFormat(read, body),
      maxTokens,
      stopSequences: readStopSequences(read, body),
      length: request.length,
      texts: [
        ...readSystem(read, body),
        ...conversation.texts,
        ...tools.map((tool) => tool.definition),
      ],
    },
  }
}

function readSystem(read: FieldReader, body: Fields): string[] {
  if (typeof body.system === 'string') return [body.system]
  return (read.optional(body, 'system', 'list') ?? []).map((each, index) => {
    const path = `system.${index}`
    const block = read.as(each, path, 'dictionary')
    read.oneOf(block, 'type', ['text'], path)
    return readText(read, block, path, 'system')
  })
}

function readSampling(read: FieldReader, body: Fields): void {
  for (const key of ['temperature', 'top_p']) {
    const value = read.optional(body, key, 'number') ?? 0
    if (value < 0 || value > 1) read.reject(`${key}: range: 0..1`)
  }
  read.optional(body, 'top_k', 'integer')
}

function readMetadata(read: FieldReader, body: Fields): void {
  const metadata = read.optional(body, 'metadata', 'dictionary')
  if (metadata === undefined) return
  read.only(metadata, new Set(['user_id']), 'metadata')
  read.optional(metadata, 'user_id', 'string', 'metadata')
}

interface ThinkingContext {
  readonly choice: Prompt['choice']
  readonly maxTokens: number
  readonly conversation: Conversation
}

function readThinking(read: FieldReader, body: Fields, context: ThinkingContext): boolean {
  const thinking = read.optional(body, 'thinking', 'dictionary')
  if (thinking === undefined) return false
  const type = read.oneOf(thinking, 'type', ['enabled', 'disabled', 'adaptive'], 'thinking')
  if (type === 'disabled') return false
  if (type === 'enabled') {
    const budget = read.required(thinking, 'budget_tokens', 'integer', 'thinking.enabled')
    if (budget < 1024) {
      read.reject('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
    }
    if (budget >= context.maxTokens) {
      read.reject('`max_tokens` must be greater than `thinking.budget_tokens`.')
    }
  }
  if ((read.optional(body, 'temperature', 'number') ?? 1) !== 1) {
    read.reject('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if (body.top_k !== undefined) read.reject('`top_k` must be unset when thinking is enabled.')
  if (context.choice !== 'auto' && context.choice !== 'none') {
    read.reject('Thinking may not be enabled when tool_choice forces tool use.')
  }
  const turn = context.conversation.turns.findLast(({ role }) => role === 'assistant')
  const [first] = turn?.kinds ?? []
  if (
    type === 'enabled' &&
    turn?.toolUses.length &&
    first !== 'thinking' &&
    first !== 'redacted_thinking'
  ) {
    read.reject(
      `messages.${turn.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
    )
  }
  return true
}

function readFormat(read: FieldReader, body: Fields): Prompt['format'] {
  const config = read.optional(body, 'output_config', 'dictionary')
  if (config === undefined) return 'text'
  if (config.effort !== undefined) {
    read.oneOf(config, 'effort', ['low', 'medium', 'high', 'xhigh', 'max'], 'output_config')
  }
  const format = read.optional(config, 'format', 'dictionary', 'output_config')
  if (format === undefined) return 'text'
  const at = 'output_config.format'
  read.oneOf(format, 'type', ['json_schema'], at)
  const schema = read.required(format, 'schema', 'dictionary', at)
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    read.reject(
      `${at}.schema: For 'object' type, 'additionalProperties' must be explicitly set to false`,
    )
  }
  return { schema }
}

function readStopSequences(read: FieldReader, body: Fields): string[] {
  return (read.optional(body, 'stop_sequences', 'list') ?? []).map((each, index) => {
    const sequence = read.as(each, `stop_sequences.${index}`, 'string')
    if (sequence.trim() !== '') return sequence
    return read.reject('stop_sequences: each stop sequence must contain non-whitespace')
  })
}

const maxMarkers = 4

/** Markers may stand in many places, and only there are keys of that name. */
function countMarkers(read: FieldReader, body: Fields): void {
  const places = [
    ...listOf(body.tools),
    ...listOf(body.system),
    ...listOf(body.messages).flatMap((message) => listOf(message.content)),
  ]
  const inner = places.flatMap((block) => listOf(block.content))
  const marked = [...places, ...inner].filter((block) => isRecord(block.cache_control))
  for (const { cache_control: marker } of marked) {
    if (isRecord(marker)) read.oneOf(marker, 'type', ['ephemeral'], 'cache_control')
  }
  if (marked.length > maxMarkers) {
    read.reject(
      `A maximum of ${maxMarkers} blocks with cache_control may be provided. Found ${marked.length}.`,
    )
  }
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
