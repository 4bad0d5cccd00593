// Tools and the choice between them.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { rawJson } from '../../json/raw-json.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import type {
  BedrockToolChoice,
  CachePoint,
  ConverseMessage,
  ToolConfig,
  ToolSpec,
} from '../../wire/bedrock/converse.ts'
import type { ChatFunction, ChatTool, CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { readToolChoice } from '../tool-choice.ts'
import type { WireNames } from '../wire-names.ts'
import { withCachePoint } from './cache-points.ts'
import type { ModelFamily } from './model-family.ts'

export interface ToolsContext {
  readonly family: ModelFamily
  readonly names: WireNames
  /** The request's JSON text, for schemas as they are spelt. */
  readonly text: () => string
  /** What the conversation has become. */
  readonly messages: readonly ConverseMessage[]
}

export interface ConvertedTools {
  readonly toolConfig?: ToolConfig | undefined
  /** Members of `additionalModelRequestFields`. */
  readonly fields: Readonly<Record<string, unknown>>
}

const anyObject = rawJson('{"type":"object","properties":{}}')

export function convertTools(request: CheckedChatRequest, context: ToolsContext): ConvertedTools {
  const called = listCalledTools(context.messages)
  const tools = request.tools ?? []
  if (tools.length === 0) return { toolConfig: synthesise(called), fields: {} }

  const choice = readChoice(request, context)
  if (choice.type === 'none' && called === undefined) return { fields: {} }
  const specs = convertFunctions(tools, choice.allowed, context)
  const once = request.parallel_tool_calls === false && context.family === 'claude'
  if (once && choice.type !== 'none') {
    // Converse has no word for "one call at most", but Claude has. Bedrock refuses a choice that is
    // made in both places, so all of it moves.
    const { type, name } = choice
    const tool_choice = {
      type: type === 'absent' ? 'auto' : type,
      disable_parallel_tool_use: true,
      name,
    }
    return { toolConfig: { tools: specs }, fields: { tool_choice } }
  }
  return { toolConfig: { toolChoice: convertChoice(choice), tools: specs }, fields: {} }
}

interface Choice {
  readonly type: 'absent' | 'none' | 'auto' | 'any' | 'tool'
  /** With `tool`: its name on the wire. */
  readonly name?: string
  /** The client's names of the tools to offer; absent: all. */
  readonly allowed?: ReadonlySet<string>
}

function readChoice(request: CheckedChatRequest, context: ToolsContext): Choice {
  const choice = readToolChoice(request.tool_choice, 'AWS Bedrock')
  switch (choice.type) {
    case 'tool':
      return { type: 'tool', name: context.names.toWire(choice.name) }
    case 'word':
      // A bare tool name, as some clients of Claude send it.
      return context.family === 'claude' && choice.word !== ''
        ? { type: 'tool', name: context.names.toWire(choice.word) }
        : { type: 'absent' }
    default:
      return choice
  }
}

function convertChoice(choice: Choice): BedrockToolChoice | undefined {
  switch (choice.type) {
    case 'auto':
      return { auto: {} }
    case 'any':
      return { any: {} }
    case 'tool':
      return { tool: { name: choice.name ?? '' } }
    default:
      return undefined
  }
}

function convertFunctions(
  tools: readonly ChatTool[],
  allowed: ReadonlySet<string> | undefined,
  context: ToolsContext,
): (ToolSpec | CachePoint)[] {
  const texts = readElements(readMember(context.text(), 'tools'))
  const specs = tools.flatMap((tool, index): readonly (ToolSpec | CachePoint)[] => {
    const { function: fn } = tool
    if (!fn || (allowed && !allowed.has(fn.name ?? ''))) return []
    const schema = readMember(readMember(texts[index], 'function'), 'parameters')
    const spec = convertFunction(fn, schema, context.names, `tools[${index}].function`)
    return withCachePoint(spec, fn.cache_control)
  })
  if (specs.length > 0) return specs
  if (allowed) throw refusal('allowed_tools names none of the tools', 'tool_choice')
  const [first] = tools
  throw refusal(
    `AWS Bedrock has no tools of type ${(first?.type ?? 'unknown').slice(0, 64)}`,
    'tools[0]',
  )
}

function convertFunction(
  fn: ChatFunction,
  schema: string | undefined,
  names: WireNames,
  where: string,
): ToolSpec {
  if (!fn.name) throw refusal('the function has no name', where)
  return {
    toolSpec: {
      description: fn.description || undefined,
      inputSchema: {
        json: schema === undefined || schema === 'null' ? anyObject : rawJson(schema),
      },
      name: names.toWire(fn.name),
      strict: fn.strict === true ? true : undefined,
    },
  }
}

/** Names on the wire, in order of appearance; `undefined` where no tool was ever used. */
function listCalledTools(messages: readonly ConverseMessage[]): readonly string[] | undefined {
  const names = new Set<string>()
  let used = false
  for (const { content } of messages) {
    for (const block of content) {
      if ('toolUse' in block) names.add(block.toolUse.name)
      used ||= 'toolUse' in block || 'toolResult' in block
    }
  }
  return used ? [...names] : undefined
}

/** Bedrock rejects a conversation with calls in it if no tools are declared. */
function synthesise(called: readonly string[] | undefined): ToolConfig | undefined {
  if (called === undefined || called.length === 0) return undefined
  return {
    tools: called.map((name) => ({ toolSpec: { inputSchema: { json: anyObject }, name } })),
  }
}
