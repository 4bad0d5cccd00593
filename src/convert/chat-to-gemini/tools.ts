// Tools: Google's own in the order of the request, then all functions in one entry.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Tool
import { isRecord } from '../../json/is-record.ts'
import { rawJson } from '../../json/raw-json.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import type {
  FunctionDeclaration,
  GeminiTool,
  SearchOptions,
} from '../../wire/gemini/generate-content.ts'
import type {
  ChatFunction,
  ChatTool,
  CheckedChatRequest,
  SearchFilter,
} from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { cleanSchema } from './clean-schema.ts'
import type { GeminiModel } from './model-gates.ts'

const stage = 'invalid tools'

/** `text`: the request's JSON text, for schemas as they are spelt. */
export function convertTools(
  request: CheckedChatRequest,
  model: GeminiModel,
  text: () => string,
): readonly GeminiTool[] | undefined {
  const tools = request.tools ?? []
  const own = tools.flatMap((tool, index) => convertOwnTool(tool, `tools[${index}]`) ?? [])
  // OpenAI's models search by a parameter, Google's by a tool.
  const searches = own.some((tool) => tool.googleSearch !== undefined)
  if (request.web_search_options && !searches) own.push({ googleSearch: {} })
  const functionDeclarations = convertFunctions(tools, model, text)
  const all = functionDeclarations.length > 0 ? [...own, { functionDeclarations }] : own
  return all.length > 0 ? all : undefined
}

/** `undefined` for a function. */
function convertOwnTool(tool: ChatTool, where: string): GeminiTool | undefined {
  const type = tool.type ?? 'function'
  switch (type) {
    case 'function':
      return undefined
    case 'google_search':
      return { googleSearch: convertFilter(tool.google_search, `${where}.google_search`) }
    case 'enterprise_search': {
      const filter = tool.enterprise_search ?? tool.google_search
      const { excludeDomains, blockingConfidence } = convertFilter(filter, where)
      return { enterpriseWebSearch: { excludeDomains, blockingConfidence } }
    }
    case 'url_context':
      return { urlContext: {} }
    case 'code_execution':
      return { codeExecution: {} }
    case 'google_maps':
      return { googleMaps: {} }
    case 'image_generation':
      throw refusal('tool-type image generation not supported yet', where, stage)
    default:
      throw refusal(`unsupported tool type: ${type.slice(0, 64)}`, where, stage)
  }
}

function convertFilter(filter: SearchFilter | null | undefined, where: string): SearchOptions {
  const { exclude_domains, blocking_confidence, time_range_filter } = filter ?? {}
  const readTime = (name: 'start_time' | 'end_time'): string | undefined => {
    const time = time_range_filter?.[name] || undefined
    if (time === undefined || rfc3339.test(time)) return time
    throw refusal('expected a time of RFC 3339', `${where}.time_range_filter.${name}`, stage)
  }
  const startTime = readTime('start_time')
  const endTime = readTime('end_time')
  return {
    excludeDomains: exclude_domains?.length ? exclude_domains : undefined,
    blockingConfidence: blocking_confidence || undefined,
    timeRangeFilter: startTime || endTime ? { startTime, endTime } : undefined,
  }
}

const rfc3339 =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

function convertFunctions(
  tools: readonly ChatTool[],
  model: GeminiModel,
  text: () => string,
): FunctionDeclaration[] {
  if (!tools.some((tool) => tool.function)) return []
  const texts = model.takesJsonSchema ? readElements(readMember(text(), 'tools')) : []
  return tools.flatMap((tool, index): readonly FunctionDeclaration[] => {
    const { function: fn } = tool
    if (!fn || (tool.type ?? 'function') !== 'function') return []
    const where = `tools[${index}].function`
    if (!fn.name) throw refusal('the function has no name', where, stage)
    const described = { name: fn.name, description: fn.description || undefined }
    if (!model.takesJsonSchema) return [{ ...described, parameters: convertParameters(fn, where) }]
    const schema = readMember(readMember(texts[index], 'function'), 'parameters')
    const isAbsent = schema === undefined || schema === 'null'
    return [{ ...described, parametersJsonSchema: isAbsent ? undefined : rawJson(schema) }]
  })
}

function convertParameters(
  { name, parameters }: ChatFunction,
  where: string,
): FunctionDeclaration['parameters'] {
  if (parameters === undefined || parameters === null) return undefined
  if (!isRecord(parameters)) {
    throw refusal(`tool ${name} parameters must be a JSON object`, `${where}.parameters`, stage)
  }
  if (Object.keys(parameters).length === 0) return undefined
  return cleanSchema(parameters, { where: `${where}.parameters`, stage })
}
