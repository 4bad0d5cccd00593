// What OpenAI's responses make of a request, as far as a simulated model looks at it.
// https://platform.openai.com/docs/api-reference/responses/create
import { isRecord } from '../json/is-record.ts'
import type { OfferedTool, Prompt } from './compose.ts'
import type { SimulatedRequest } from './dialect.ts'
import type { FieldReader, Fields } from './openai-fields.ts'
import { readBody } from './openai-json.ts'

export interface ResponsesRequest {
  readonly prompt: Prompt
  readonly stream: boolean
}

/** Throws a `Rejection`. */
export function readResponsesRequest(request: SimulatedRequest): ResponsesRequest {
  const { read, fields } = readBody(request)
  const model = read.required(fields, 'model', 'string')
  const { question, toolResults, texts } = readInput(read, fields)
  const instructions = read.optional(fields, 'instructions', 'string')
  const tools = readTools(fields)
  return {
    stream: read.optional(fields, 'stream', 'boolean') ?? false,
    prompt: {
      model,
      backend: request.backend,
      question,
      toolResults,
      tools,
      choice: readChoice(fields),
      maxCalls: fields.parallel_tool_calls === false ? 1 : tools.length,
      format: readFormat(fields),
      maxTokens: read.within(fields, 'max_output_tokens', 'integer', 1, 1_000_000),
      stopSequences: [],
      length: request.length,
      texts: [...(instructions === undefined ? [] : [instructions]), ...texts],
    },
  }
}

interface Input {
  readonly question: string
  /** What the input ends with. */
  readonly toolResults: readonly string[]
  readonly texts: readonly string[]
}

function readInput(read: FieldReader, { input }: Fields): Input {
  if (typeof input === 'string') return { question: input, toolResults: [], texts: [input] }
  if (input === undefined) return { question: '', toolResults: [], texts: [] }
  if (!Array.isArray(input)) return read.wrongType(input, 'input', 'a string or an array')
  const texts: string[] = []
  let question = ''
  let toolResults: string[] = []
  for (const item of input) {
    if (!isRecord(item)) return read.wrongType(item, 'input', 'an object')
    const text = readTexts(item.content ?? item.output)
    texts.push(text)
    if (item.type === 'function_call_output') toolResults.push(text)
    else if (item.role === 'user') {
      question = text
      toolResults = []
    }
  }
  return { question, toolResults, texts }
}

function readTexts(content: unknown): string {
  if (typeof content === 'string') return content
  const parts: readonly unknown[] = Array.isArray(content) ? content : []
  return parts
    .map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : ''))
    .join('')
}

function readTools({ tools }: Fields): readonly OfferedTool[] {
  const list: readonly unknown[] = Array.isArray(tools) ? tools : []
  return list.flatMap((tool) =>
    isRecord(tool) && tool.type === 'function' && typeof tool.name === 'string'
      ? [{ name: tool.name, schema: tool.parameters }]
      : [],
  )
}

function readChoice({ tool_choice: choice }: Fields): Prompt['choice'] {
  if (choice === 'none' || choice === 'required') return choice
  return isRecord(choice) && typeof choice.name === 'string' ? { name: choice.name } : 'auto'
}

function readFormat({ text }: Fields): Prompt['format'] {
  const format = isRecord(text) && isRecord(text.format) ? text.format : {}
  if (format.type === 'json_schema') return { schema: format.schema }
  return format.type === 'json_object' ? 'object' : 'text'
}
