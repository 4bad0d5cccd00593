// The tools of a Messages request, and which of them may or must be called.
// https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use
import type { FieldReader, Fields } from './anthropic-fields.ts'
import type { OfferedTool, Prompt } from './compose.ts'

const toolName = /^[a-zA-Z0-9_-]{1,128}$/

export interface DefinedTool extends OfferedTool {
  /** What the model is told of it, as text. */
  readonly definition: string
}

export function readTools(read: FieldReader, body: Fields): DefinedTool[] {
  const seen = new Set<string>()
  return (read.optional(body, 'tools', 'list') ?? []).flatMap((each, index) => {
    const tool = read.as(each, `tools.${index}`, 'dictionary')
    const type = read.optional(tool, 'type', 'string', `tools.${index}`) ?? 'custom'
    const at = `tools.${index}.${type}`
    const name = read.required(tool, 'name', 'string', at)
    if (seen.has(name)) read.reject('tools: Tool names must be unique.')
    seen.add(name)
    // What Anthropic runs itself is not called here.
    if (/_\d{8}$/.test(type)) return []
    if (type !== 'custom') {
      read.reject(
        `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags: 'bash_20250124', 'custom', 'text_editor_20250728', 'web_search_20250305'`,
      )
    }
    if (!toolName.test(name)) {
      read.reject(`${at}.name: String should match pattern '${toolName.source}'`)
    }
    read.optional(tool, 'description', 'string', at)
    const schema = read.required(tool, 'input_schema', 'dictionary', at)
    read.oneOf(schema, 'type', ['object'], `${at}.input_schema`)
    return [{ name, schema, definition: JSON.stringify(tool) }]
  })
}

export interface ReadChoice {
  readonly choice: Prompt['choice']
  readonly maxCalls: number
}

export function readToolChoice(
  read: FieldReader,
  body: Fields,
  tools: readonly OfferedTool[],
): ReadChoice {
  const given = read.optional(body, 'tool_choice', 'dictionary')
  if (given === undefined) return { choice: 'auto', maxCalls: tools.length }
  const type = read.oneOf(given, 'type', ['auto', 'any', 'tool', 'none'], 'tool_choice')
  if (body.tools === undefined) {
    read.reject('tool_choice: may only be specified while providing tools')
  }
  const once =
    read.optional(given, 'disable_parallel_tool_use', 'boolean', `tool_choice.${type}`) === true
  const maxCalls = once ? 1 : tools.length
  if (type !== 'tool') return { choice: type === 'any' ? 'required' : type, maxCalls }
  const name = read.required(given, 'name', 'string', 'tool_choice.tool')
  if (!tools.some((tool) => tool.name === name)) {
    read.reject(`Tool '${name}' not found in provided tools`)
  }
  return { choice: { name }, maxCalls }
}
