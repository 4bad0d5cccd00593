// Messages as OpenTelemetry's conventions write them: a role and parts, as JSON in one attribute.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/#recording-content-on-attributes
import { readFilled, readRecord, readRecords, readText, writeJson } from '../read.ts'

type Json = Readonly<Record<string, unknown>>

export interface Part {
  readonly type: string
  readonly content?: string
  readonly id?: string
  readonly name?: string
  readonly arguments?: string
}

export interface Message {
  readonly role: string
  readonly parts: readonly Part[]
  readonly finish_reason?: string
}

/** No messages, no attribute. */
export const writeMessages = (messages: readonly unknown[]): string | undefined =>
  messages.length === 0 ? undefined : writeJson(messages)

/** Empty members are left out. */
function part(type: string, members: Readonly<Record<string, string | undefined>>): Part {
  const filled = Object.entries(members).filter(([, value]) => value !== undefined && value !== '')
  return { type, ...Object.fromEntries(filled) }
}

export function message(role: unknown, parts: readonly Part[], finishReason?: unknown): Message {
  const reason = readFilled(finishReason)
  return {
    role: readText(role) ?? '',
    parts,
    ...(reason === undefined ? {} : { finish_reason: reason }),
  }
}

/** A message of the chat dialect, asked or answered. */
export function chatMessage(item: Json, finishReason?: unknown): Message {
  const { role, content, tool_call_id } = item
  if (role === 'tool') {
    const text = readText(content) ?? firstText(content)
    return message(role, [
      part('tool_call_response', { id: readText(tool_call_id), content: text }),
    ])
  }
  const parts =
    typeof content === 'string' ? textPart(content) : readRecords(content).flatMap(chatPart)
  const calls = readRecords(item['tool_calls']).map((call) => {
    const { name, arguments: args } = readRecord(call['function'])
    const members = { id: readText(call['id']), name: readText(name), arguments: readText(args) }
    return part('tool_call', members)
  })
  return message(role, [...parts, ...calls], finishReason)
}

export const textPart = (text: string): Part[] =>
  text === '' ? [] : [part('text', { content: text })]

function firstText(content: unknown): string | undefined {
  return readText(readRecords(content).find((item) => item['type'] === 'text')?.['text'])
}

/** Data of images and audio is never recorded. */
function chatPart(item: Json): Part[] {
  switch (item['type']) {
    case 'text':
      return [part('text', { content: readText(item['text']) })]
    case 'image_url':
      return [{ type: 'image' }]
    case 'input_audio':
      return [{ type: 'audio' }]
    default:
      return []
  }
}

/** A message of the Anthropic dialect. */
export function anthropicMessage({ role, content }: Json, finishReason?: unknown): Message {
  const parts =
    typeof content === 'string' ? textPart(content) : readRecords(content).flatMap(anthropicPart)
  return message(role, parts, finishReason)
}

function anthropicPart(block: Json): Part[] {
  switch (block['type']) {
    case 'text':
      return [part('text', { content: readText(block['text']) })]
    case 'image':
      return [{ type: 'image' }]
    case 'thinking':
    case 'redacted_thinking':
      return [{ type: 'reasoning' }]
    case 'tool_use': {
      const input = readRecord(block['input'])
      const args = Object.keys(input).length === 0 ? undefined : writeJson(input)
      const members = { id: readText(block['id']), name: readText(block['name']), arguments: args }
      return [part('tool_call', members)]
    }
    case 'tool_result': {
      const { tool_use_id, content } = block
      const text = readText(content) ?? firstText(content)
      return [part('tool_call_response', { id: readText(tool_use_id), content: text })]
    }
    default:
      return []
  }
}

/** One item of a response's input or output. */
export function responsesParts(item: Json): Part[] {
  switch (item['type'] ?? 'message') {
    case 'message': {
      const { content } = item
      if (typeof content === 'string') return textPart(content)
      return readRecords(content).flatMap((own) => {
        if (own['type'] === 'input_image') return [{ type: 'image' }]
        const text = readText(own['text'])
        return text === undefined ? [] : [part('text', { content: text })]
      })
    }
    case 'function_call':
    case 'custom_tool_call': {
      const { call_id, name, arguments: args, input } = item
      const members = {
        id: readText(call_id),
        name: readText(name),
        arguments: readText(args ?? input),
      }
      return [part('tool_call', members)]
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const { call_id, output } = item
      const text = readText(output) ?? (output === undefined ? undefined : writeJson(output))
      return [part('tool_call_response', { id: readText(call_id), content: text })]
    }
    case 'reasoning':
      return [{ type: 'reasoning' }]
    case 'image_generation_call':
      return [{ type: 'image' }]
    default:
      return []
  }
}

/** `[{type, name, description?, parameters?}]` */
export function toolDefinitions(tools: unknown): string | undefined {
  const definitions = readRecords(tools).flatMap((tool) => {
    const own = { ...tool, ...readRecord(tool['function']) }
    const name = readText(own['name'])
    const type = readText(tool['type']) ?? (name === undefined ? undefined : 'function')
    if (type === undefined) return []
    const parameters = own['parameters'] ?? own['input_schema']
    return [
      {
        type,
        ...(name === undefined ? {} : { name }),
        ...(readFilled(own['description']) ? { description: own['description'] } : {}),
        ...(parameters === undefined || parameters === null ? {} : { parameters }),
      },
    ]
  })
  return writeMessages(definitions)
}
