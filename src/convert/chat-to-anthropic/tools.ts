// Tools and the choice between them.
// https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
import { type RawJson, rawJson } from '../../json/raw-json.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import type { ServerTool, Tool, ToolChoice } from '../../wire/anthropic/messages.ts'
import type { ChatTool, CheckedChatRequest, WebSearchOptions } from '../../wire/openai/chat.ts'
import { readCacheControl } from '../cache-control.ts'
import { refusal } from '../refusal.ts'
import { type ChosenTools, readToolChoice } from '../tool-choice.ts'
import type { WireNames } from '../wire-names.ts'
import type { AnswerTool } from './output.ts'
import type { RequestSource } from './request-source.ts'
import { convertSchema } from './tool-schema.ts'

export interface ToolsContext extends RequestSource {
  readonly tools: WireNames
  /** With thinking, Claude cannot be made to call. */
  readonly thinks: boolean
  /** A tool that takes the answer, where the answer's shape has no other form. */
  readonly answer: AnswerTool | undefined
}

type OfferedTool = Tool | ServerTool | RawJson

export interface ConvertedTools {
  readonly tools: readonly OfferedTool[]
  readonly choice?: ToolChoice | undefined
  /** The name of the tool that takes the answer. */
  readonly answerTool?: string | undefined
  /** What cannot be demanded is asked for in words. */
  readonly hint?: string | undefined
}

export function convertTools(request: CheckedChatRequest, context: ToolsContext): ConvertedTools {
  const given = request.tools ?? []
  // Without tools a choice has no meaning, whatever it says.
  const choice: ChosenTools =
    given.length > 0 ? readToolChoice(request.tool_choice, 'Claude') : { type: 'absent' }
  const allowed = choice.type === 'auto' || choice.type === 'any' ? choice.allowed : undefined
  const functions = convertFunctions(given, allowed, context)
  const search = context.platform.webSearch ? request.web_search_options : undefined
  const tools = search == null ? functions : [...functions, convertWebSearch(search)]
  const parallel = request.parallel_tool_calls ?? undefined
  if (context.answer !== undefined) {
    return withAnswer(context.answer, tools, choice, { ...context, parallel })
  }
  if (tools.length === 0) return { tools }
  return { tools, choice: writeChoice(choice, { ...context, parallel }) }
}

interface ChoiceContext extends ToolsContext {
  readonly parallel: boolean | undefined
}

function writeChoice(choice: ChosenTools, context: ChoiceContext): ToolChoice | undefined {
  const disable_parallel_tool_use = context.parallel === false
  const type = choice.type === 'word' ? readWord(choice.word) : choice.type
  switch (type) {
    case 'absent':
      return context.parallel === false ? { type: 'auto', disable_parallel_tool_use } : undefined
    case 'none':
      return { type: 'none' }
    case 'auto':
      return { type: 'auto', disable_parallel_tool_use }
    case 'any':
      return { type: context.thinks ? 'auto' : 'any', disable_parallel_tool_use }
    case 'tool': {
      if (context.thinks) return { type: 'auto', disable_parallel_tool_use }
      const name = choice.type === 'tool' ? context.tools.toWire(choice.name) : ''
      return { type: 'tool', name, disable_parallel_tool_use }
    }
  }
}

/** Anthropic's own word for `required` is as good. */
function readWord(word: string): 'any' {
  if (word === 'any') return 'any'
  throw refusal(`unsupported tool_choice value: ${word.slice(0, 64)}`, 'tool_choice')
}

/** The answer is a call, beside whatever else may be called. */
function withAnswer(
  { description, schema }: AnswerTool,
  tools: readonly OfferedTool[],
  choice: ChosenTools,
  context: ChoiceContext,
): ConvertedTools {
  const name = freeName(tools)
  const all = [...tools, { name, description, input_schema: schema }]
  const offered = { tools: all, answerTool: name }
  if (context.thinks) {
    return {
      ...offered,
      choice: { type: 'auto', disable_parallel_tool_use: context.parallel === false },
      hint: `Give your answer by calling the tool ${name}.`,
    }
  }
  if (choice.type === 'tool') return { ...offered, choice: writeChoice(choice, context) }
  const alone = tools.length === 0 || choice.type === 'none'
  return {
    ...offered,
    choice: alone
      ? { type: 'tool', name, disable_parallel_tool_use: true }
      : { type: 'any', disable_parallel_tool_use: context.parallel === false },
  }
}

/** A name that none of the client's tools has. */
function freeName(tools: readonly OfferedTool[]): string {
  const taken = new Set(tools.map((tool) => ('name' in tool ? tool.name : '')))
  let name = 'structured_answer'
  while (taken.has(name)) name += '_'
  return name
}

function convertFunctions(
  tools: readonly ChatTool[],
  allowed: ReadonlySet<string> | undefined,
  context: ToolsContext,
): OfferedTool[] {
  if (tools.length === 0) return []
  const texts = readElements(readMember(context.text(), 'tools'))
  const converted = tools.flatMap((tool, index): OfferedTool[] => {
    const where = `tools[${index}]`
    const text = texts[index]
    // Tools that Anthropic runs have a date in their type.
    if (/_\d{8}$/.test(tool.type ?? '')) return [rawJson(text ?? 'null')]
    const { function: fn } = tool
    if ((tool.type ?? 'function') !== 'function') {
      throw refusal(`unsupported tool type: ${tool.type?.slice(0, 64)}`, `${where}.type`)
    }
    if (!fn?.name) throw refusal('the tool has no function with a name', `${where}.function`)
    if (allowed && !allowed.has(fn.name)) return []
    const schema = readMember(readMember(text, 'function'), 'parameters')
    return [
      {
        name: context.tools.toWire(fn.name),
        description: fn.description ?? '',
        input_schema: convertSchema(fn.parameters, schema, `${where}.function.parameters`),
        strict: fn.strict === true ? true : undefined,
        cache_control: readCacheControl(fn.cache_control) ?? readCacheControl(tool.cache_control),
      },
    ]
  })
  if (allowed && converted.length === 0) {
    throw refusal('allowed_tools names none of the tools', 'tool_choice')
  }
  return converted
}

function convertWebSearch({ user_location }: WebSearchOptions): ServerTool {
  const place = user_location?.approximate ?? undefined
  return {
    type: 'web_search_20250305',
    name: 'web_search',
    user_location: place && { type: 'approximate', ...place },
  }
}
