// Functions and the choice between them.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Tool
import type { OfferedTool, Prompt } from './compose.ts'
import { checkSchema, lowerTypes } from './gemini-schema.ts'
import { rejectAsGoogle } from './google-error.ts'
import { type Members, readMessage, readRepeated, readString } from './google-fields.ts'

export interface GeminiTools {
  readonly offered: readonly OfferedTool[]
  readonly choice: Prompt['choice']
}

const toolMembers = [
  'functionDeclarations',
  'googleSearch',
  'enterpriseWebSearch',
  'urlContext',
  'codeExecution',
  'googleMaps',
  'retrieval',
]
const declarationMembers = ['name', 'description', 'parameters', 'parametersJsonSchema', 'response']

export function readGeminiTools(members: Members): GeminiTools {
  const tools = readRepeated(members, 'tools', '').flatMap((tool, index) => {
    const path = `tools[${index}]`
    const known = readMessage(tool, path, toolMembers)
    if (Object.keys(known).length !== 1) {
      rejectAsGoogle('Unable to submit request because a tool must have exactly one kind.')
    }
    return readRepeated(known, 'functionDeclarations', path).map((declaration, at) =>
      readDeclaration(declaration, `${path}.function_declarations[${at}]`),
    )
  })
  return readChoice(members, tools)
}

function readDeclaration(value: unknown, path: string): OfferedTool {
  const declaration = readMessage(value, path, declarationMembers)
  const name = readString(declaration, 'name', path) ?? ''
  if (!/^[A-Za-z_][\w.:-]{0,127}$/.test(name)) {
    rejectAsGoogle(
      `Invalid function name at ${path}. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.`,
    )
  }
  const { parameters, parametersJsonSchema } = declaration
  if (parameters !== undefined) checkSchema(parameters, `${path}.parameters`)
  return { name, schema: parametersJsonSchema ?? lowerTypes(parameters) ?? { type: 'object' } }
}

function readChoice(members: Members, offered: readonly OfferedTool[]): GeminiTools {
  const config = readMessage(members.toolConfig ?? {}, 'tool_config', ['functionCallingConfig'])
  const path = 'tool_config.function_calling_config'
  const known = ['mode', 'allowedFunctionNames']
  const calling = readMessage(config.functionCallingConfig ?? {}, path, known)
  const mode = readString(calling, 'mode', path) ?? 'AUTO'
  const names = readRepeated(calling, 'allowedFunctionNames', path)
  if (names.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') {
    rejectAsGoogle(
      'Unable to submit request because allowed_function_names should only be set when the function calling mode is ANY or VALIDATED.',
    )
  }
  for (const name of names) {
    if (offered.some((tool) => tool.name === name)) continue
    rejectAsGoogle(
      `Unable to submit request because allowed function ${String(name)} is not declared.`,
    )
  }
  const allowed = names.length > 0 ? offered.filter(({ name }) => names.includes(name)) : offered
  switch (mode) {
    case 'AUTO':
    case 'VALIDATED':
    case 'MODE_UNSPECIFIED':
      return { offered: allowed, choice: 'auto' }
    case 'NONE':
      return { offered, choice: 'none' }
    case 'ANY': {
      const [only] = allowed
      const isForced = names.length === 1 && only !== undefined
      return { offered: allowed, choice: isForced ? { name: only.name } : 'required' }
    }
    default:
      return rejectAsGoogle(`Invalid value at '${path}.mode', "${mode}"`)
  }
}
