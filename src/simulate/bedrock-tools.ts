// The tools of a Converse request, and which of them may or must be called.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { isRecord } from '../json/is-record.ts'
import type { MemberReader, Members } from './bedrock-fields.ts'
import type { OfferedTool, Prompt } from './compose.ts'

const name = /^[a-zA-Z0-9_-]{1,64}$/
const namePattern = '[a-zA-Z0-9_-]+'

export interface DefinedTool extends OfferedTool {
  /** What the model is told of it, as text. */
  readonly definition: string
}

/** `undefined` where there is no `toolConfig`. */
export function readTools(read: MemberReader, body: Members): DefinedTool[] | undefined {
  const config = read.structure(body, 'toolConfig')
  if (config === undefined) return undefined
  const tools = read.required(read.list(config, 'tools'), 'toolConfig.tools')
  if (tools.length === 0) {
    read.constraint('[]', 'toolConfig.tools', 'Member must have length greater than or equal to 1')
  }
  const seen = new Set<string>()
  return tools.flatMap((each, index) => {
    const tool = read.asStructure(each)
    const path = `toolConfig.tools.${index}`
    const kind = read.union(tool, ['toolSpec', 'systemTool', 'cachePoint'], path)
    if (kind !== 'toolSpec') return []
    const spec = read.required(read.structure(tool, 'toolSpec'), path)
    const member = `toolConfig.tools.${index + 1}.member.toolSpec`
    const toolName = readName(read, spec, 'name', member)
    if (seen.has(toolName)) {
      read.invalid(`The tool name ${toolName} at ${path}.toolSpec.name is used more than once.`)
    }
    seen.add(toolName)
    if (read.text(spec, 'description') === '') {
      read.constraint(
        '',
        `${member}.description`,
        'Member must have length greater than or equal to 1',
      )
    }
    const input = read.required(read.structure(spec, 'inputSchema'), `${member}.inputSchema`)
    const schema = input.json
    if (!isRecord(schema) || schema.type !== 'object') {
      read.invalid(
        `The value at ${path}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      )
    }
    return [{ name: toolName, schema, definition: JSON.stringify(spec) }]
  })
}

export function readToolChoice(
  read: MemberReader,
  body: Members,
  tools: readonly OfferedTool[],
): Prompt['choice'] {
  const config = read.structure(body, 'toolConfig')
  const choice = config === undefined ? undefined : read.structure(config, 'toolChoice')
  if (choice === undefined) return 'auto'
  const path = 'toolConfig.toolChoice'
  const kind = read.union(choice, ['auto', 'any', 'tool'], path)
  const chosen = read.required(read.structure(choice, kind), `${path}.${kind}`)
  if (kind !== 'tool') return kind === 'any' ? 'required' : 'auto'
  const chosenName = readName(read, chosen, 'name', `${path}.tool`)
  if (tools.some((tool) => tool.name === chosenName)) return { name: chosenName }
  return read.invalid(
    `The tool ${chosenName} at ${path}.tool.name is not defined in toolConfig.tools.`,
  )
}

/** Anthropic's way to ask for one call at a time, which Bedrock hands on to the model. */
export function allowsParallel(body: Members): boolean {
  const more = body.additionalModelRequestFields
  const choice = isRecord(more) ? more.tool_choice : undefined
  return !(isRecord(choice) && choice.disable_parallel_tool_use === true)
}

/** The name of a tool or the id of a call. */
export function readName(read: MemberReader, block: Members, key: string, path: string): string {
  const value = read.required(read.text(block, key), `${path}.${key}`)
  if (name.test(value)) return value
  return read.constraint(
    value,
    `${path}.${key}`,
    `Member must satisfy regular expression pattern: ${namePattern}`,
  )
}
