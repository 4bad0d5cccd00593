// What OpenAI's chat completions make of a request, and what they refuse.
// https://platform.openai.com/docs/api-reference/chat/create
import { isRecord } from '../json/is-record.ts'
import type { OfferedTool, Prompt } from './compose.ts'
import { readJson, type SimulatedRequest } from './dialect.ts'
import { rejectWith } from './openai-error.ts'
import { createFieldReader, type FieldReader, type Fields } from './openai-fields.ts'

export interface ChatRequest {
  readonly prompt: Prompt
  readonly stream: boolean
  readonly includeUsage: boolean
  /** How many choices. */
  readonly count: number
}

const notJson =
  'We could not parse the JSON body of your request. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.'

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer']

/** Throws a `Rejection`. */
export function readChatRequest(request: SimulatedRequest): ChatRequest {
  const read = createFieldReader(rejectWith(request))
  const body = readJson(request.body)
  if (body === undefined) return read.reject(notJson)
  const fields = read.object(body, 'body')
  if (fields.model === undefined) return read.reject('you must provide a model parameter')
  const model = read.required(fields, 'model', 'string')
  if (model === '') return read.reject('you must provide a model parameter')

  const conversation = readMessages(read, fields)
  const tools = readTools(read, fields)
  const stream = read.optional(fields, 'stream', 'boolean') ?? false
  const streamOptions = read.optional(fields, 'stream_options', 'object')
  if (streamOptions !== undefined && !stream) {
    read.reject(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
    )
  }
  read.within(fields, 'temperature', 'number', 0, 2)
  read.within(fields, 'top_p', 'number', 0, 1)
  read.within(fields, 'presence_penalty', 'number', -2, 2)
  read.within(fields, 'frequency_penalty', 'number', -2, 2)
  const anyInteger = Number.MAX_SAFE_INTEGER
  const maxTokens = read.within(fields, 'max_tokens', 'integer', 1, anyInteger)
  const parallel = read.optional(fields, 'parallel_tool_calls', 'boolean') ?? true
  return {
    stream,
    includeUsage:
      streamOptions !== undefined &&
      read.optional(streamOptions, 'include_usage', 'boolean', 'stream_options.') === true,
    count: read.within(fields, 'n', 'integer', 1, 128) ?? 1,
    prompt: {
      model,
      backend: request.backend,
      question: conversation.question,
      toolResults: conversation.toolResults,
      ...readToolChoice(read, fields, tools),
      maxCalls: parallel ? tools.length : 1,
      format: readFormat(read, fields),
      maxTokens:
        read.within(fields, 'max_completion_tokens', 'integer', 1, anyInteger) ?? maxTokens,
      stopSequences: readStop(read, fields),
      length: request.length,
      texts: [...conversation.texts, ...tools.map((tool) => tool.definition)],
    },
  }
}

interface Conversation {
  question: string
  toolResults: string[]
  readonly texts: string[]
}

function readMessages(read: FieldReader, fields: Fields): Conversation {
  read.required(fields, 'messages', 'array')
  const conversation: Conversation = { question: '', toolResults: [], texts: [] }
  // The calls that still wait for their results, and the parameter of the message that made them.
  let waiting = new Set<string>()
  let asked = false
  const messages = read.list(fields, 'messages') ?? []
  messages.forEach((each, index) => {
    const at = `messages[${index}]`
    const message = read.object(each, at)
    const role = read.oneOf(message, 'role', roles, `${at}.`)
    if (role === 'tool') {
      const id = read.required(message, 'tool_call_id', 'string', `${at}.`)
      if (!asked || !waiting.delete(id)) {
        read.reject(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      }
    } else {
      rejectUnanswered(read, waiting, index)
      asked = false
    }
    const calls = role === 'assistant' ? readToolCalls(read, message, at) : []
    const need = calls.length > 0 ? 'optional' : 'required'
    const text = readContent(read, message, role, `${at}.content`, need)
    conversation.texts.push(text, ...calls.flatMap((call) => [call.name, call.input]))
    if (calls.length > 0) {
      waiting = new Set(calls.map((call) => call.id))
      asked = true
    }
    if (role === 'user') conversation.question = text
    if (role === 'tool' || role === 'function') conversation.toolResults.push(text)
    else conversation.toolResults = []
  })
  rejectUnanswered(read, waiting, messages.length)
  return conversation
}

function rejectUnanswered(read: FieldReader, waiting: ReadonlySet<string>, index: number): void {
  if (waiting.size === 0) return
  read.reject(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...waiting].join(', ')}`,
    `messages.[${index}].role`,
  )
}

function readToolCalls(read: FieldReader, message: Fields, at: string) {
  const calls = read.list(message, 'tool_calls', `${at}.`) ?? []
  return calls.map((each, index) => {
    const here = `${at}.tool_calls[${index}]`
    const call = read.object(each, here)
    const id = read.required(call, 'id', 'string', `${here}.`)
    if (read.oneOf(call, 'type', ['function', 'custom'], `${here}.`) === 'custom') {
      const custom = read.required(call, 'custom', 'object', `${here}.`)
      const input = read.required(custom, 'input', 'string', `${here}.custom.`)
      return { id, name: read.required(custom, 'name', 'string', `${here}.custom.`), input }
    }
    const called = read.required(call, 'function', 'object', `${here}.`)
    const input = read.required(called, 'arguments', 'string', `${here}.function.`)
    return { id, name: read.required(called, 'name', 'string', `${here}.function.`), input }
  })
}

const partTypes: Readonly<Record<string, readonly string[]>> = {
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
}

/** The text of a message, all parts in a row. */
function readContent(
  read: FieldReader,
  message: Fields,
  role: string,
  param: string,
  need: 'required' | 'optional',
): string {
  const { content } = message
  if (typeof content === 'string') return content
  if (content === undefined || content === null) {
    if (need === 'optional' || isRecord(message.audio) || typeof message.refusal === 'string')
      return ''
    if (role === 'function' && content === null) return ''
    if (content === undefined) {
      return read.reject(
        `Missing required parameter: '${param}'.`,
        param,
        'missing_required_parameter',
      )
    }
  }
  if (!Array.isArray(content)) {
    return read.wrongType(content, param, 'one of a string or array of objects')
  }
  return content
    .map((each: unknown, index) => {
      const at = `${param}[${index}]`
      const part = read.object(each, at)
      const type = read.oneOf(part, 'type', partTypes[role] ?? ['text'], `${at}.`)
      if (type === 'text' || type === 'refusal')
        return read.required(part, type, 'string', `${at}.`)
      const media = read.required(part, type, 'object', `${at}.`)
      if (type === 'image_url') read.required(media, 'url', 'string', `${at}.image_url.`)
      return ''
    })
    .join('')
}

interface DefinedTool extends OfferedTool {
  /** What the model is told of it, as text. */
  readonly definition: string
}

function readTools(read: FieldReader, fields: Fields): DefinedTool[] {
  const tools = read.list(fields, 'tools') ?? []
  return tools.flatMap((each, index) => {
    const at = `tools[${index}]`
    const tool = read.object(each, at)
    const type = read.oneOf(tool, 'type', ['function', 'custom'], `${at}.`)
    const offered = read.required(tool, type, 'object', `${at}.`)
    const name = read.required(offered, 'name', 'string', `${at}.${type}.`)
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      read.reject(
        `Invalid '${at}.${type}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${at}.${type}.name`,
        'invalid_value',
      )
    }
    if (type === 'custom') return []
    const schema = read.optional(offered, 'parameters', 'object', `${at}.function.`) ?? {}
    const kind = schema.type ?? (Object.keys(schema).length === 0 ? 'object' : 'None')
    if (kind !== 'object') {
      read.reject(
        `Invalid schema for function '${name}': schema must be a JSON Schema of 'type: "object"', got 'type: "${String(kind)}"'.`,
        `${at}.function.parameters`,
        'invalid_function_parameters',
      )
    }
    return [{ name, schema, definition: JSON.stringify(offered) }]
  })
}

function readToolChoice(
  read: FieldReader,
  fields: Fields,
  tools: readonly OfferedTool[],
): Pick<Prompt, 'choice' | 'tools'> {
  const choice = fields.tool_choice
  if (choice === undefined || choice === null) return { choice: 'auto', tools }
  if (fields.tools === undefined && choice !== 'none') {
    read.reject(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    )
  }
  if (typeof choice === 'string') {
    const mode = read.oneOf(fields, 'tool_choice', ['none', 'auto', 'required'])
    return { choice: mode === 'none' || mode === 'required' ? mode : 'auto', tools }
  }
  if (!isRecord(choice)) return read.wrongType(choice, 'tool_choice', 'one of a string or object')
  const types = ['function', 'allowed_tools', 'custom']
  const type = read.oneOf(choice, 'type', types, 'tool_choice.')
  const named = read.required(choice, type, 'object', 'tool_choice.')
  if (type === 'allowed_tools') {
    const at = 'tool_choice.allowed_tools.'
    const mode = read.oneOf(named, 'mode', ['auto', 'required'], at)
    const allowed = read.required(named, 'tools', 'array', at).map(nameOfTool)
    return {
      choice: mode === 'required' ? 'required' : 'auto',
      tools: tools.filter((tool) => allowed.includes(tool.name)),
    }
  }
  const name = read.required(named, 'name', 'string', `tool_choice.${type}.`)
  if (type === 'function' && !tools.some((tool) => tool.name === name)) {
    read.reject(`Tool choice '${name}' not found in 'tools' parameter.`, 'tool_choice')
  }
  return { choice: { name }, tools }
}

function nameOfTool(tool: unknown): unknown {
  return isRecord(tool) && isRecord(tool.function) ? tool.function.name : undefined
}

function readFormat(read: FieldReader, fields: Fields): Prompt['format'] {
  const format = read.optional(fields, 'response_format', 'object')
  if (format === undefined) return 'text'
  const at = 'response_format.'
  const type = read.oneOf(format, 'type', ['json_object', 'json_schema', 'text'], at)
  if (type !== 'json_schema') return type === 'json_object' ? 'object' : 'text'
  const described = read.required(format, 'json_schema', 'object', at)
  read.required(described, 'name', 'string', `${at}json_schema.`)
  const schema = read.optional(described, 'schema', 'object', `${at}json_schema.`)
  return schema === undefined ? 'object' : { schema }
}

function readStop(read: FieldReader, fields: Fields): string[] {
  const { stop } = fields
  if (stop === undefined || stop === null) return []
  if (typeof stop === 'string') return [stop]
  if (!Array.isArray(stop))
    return read.wrongType(stop, 'stop', 'one of a string or array of strings')
  return stop.map((each: unknown, index) =>
    typeof each === 'string' ? each : read.wrongType(each, `stop[${index}]`, 'a string'),
  )
}
