// What Bedrock's Converse makes of a request, and what it refuses.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { isRecord } from '../json/is-record.ts'
import { bedrockRejectWith } from './bedrock-error.ts'
import { createMemberReader, type MemberReader, type Members } from './bedrock-fields.ts'
import type { OfferedTool, Prompt } from './compose.ts'
import { readJson, type SimulatedRequest } from './dialect.ts'

export interface ConverseRequest {
  readonly prompt: Prompt
  readonly serviceTier: string | undefined
}

const name = /^[a-zA-Z0-9_-]{1,64}$/
const namePattern = '[a-zA-Z0-9_-]+'

/** Throws a `Rejection`. */
export function readConverseRequest(request: SimulatedRequest, model: string): ConverseRequest {
  const read = createMemberReader(bedrockRejectWith(request))
  const parsed = readJson(request.body)
  if (parsed === undefined) return read.serialization('The request body is not valid JSON.')
  const body = read.asStructure(parsed)
  const tools = readTools(read, body)
  const conversation = readMessages(read, body, tools !== undefined)
  const inference = read.structure(body, 'inferenceConfig') ?? {}
  const at = 'inferenceConfig'
  read.number(inference, 'temperature', `${at}.temperature`, 0, 1)
  read.number(inference, 'topP', `${at}.topP`, 0, 1)
  const serviceTier = read.structure(body, 'serviceTier')
  return {
    serviceTier: serviceTier === undefined ? undefined : readServiceTier(read, serviceTier),
    prompt: {
      model,
      backend: request.backend,
      question: conversation.question,
      toolResults: conversation.toolResults,
      tools: tools ?? [],
      choice: readToolChoice(read, body, tools ?? []),
      maxCalls: allowsParallel(body) ? (tools ?? []).length : 1,
      format: readFormat(read, body),
      maxTokens: read.number(inference, 'maxTokens', `${at}.maxTokens`, 1, 2 ** 31 - 1),
      stopSequences: readStopSequences(read, inference),
      length: request.length,
      texts: [
        ...readSystem(read, body),
        ...conversation.texts,
        ...(tools ?? []).map((tool) => tool.definition),
      ],
    },
  }
}

interface Turn {
  readonly role: string
  readonly text: string
  readonly texts: readonly string[]
  readonly toolUses: readonly string[]
  readonly toolResults: readonly { readonly id: string; readonly text: string }[]
}

function readMessages(read: MemberReader, body: Members, hasTools: boolean) {
  const messages = read.list(body, 'messages') ?? []
  const turns = messages.map((each, index) => readTurn(read, read.asStructure(each), index))
  if (turns[0]?.role !== 'user') {
    read.invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    )
  }
  turns.forEach((turn, index) => {
    const before = turns[index - 1]
    if (turn.role === before?.role) {
      read.invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      )
    }
    if (!hasTools && turn.toolUses.length + turn.toolResults.length > 0) {
      read.invalid(
        'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
      )
    }
    matchResults(read, before?.toolUses ?? [], turn, index)
  })
  const last = turns.at(-1)
  if (last !== undefined && last.toolUses.length > 0)
    expectResults(read, last.toolUses, turns.length)
  const question = turns.findLast((turn) => turn.role === 'user' && turn.text !== '')
  return {
    question: question?.text ?? '',
    toolResults: last?.toolResults.map((result) => result.text) ?? [],
    texts: turns.flatMap((turn) => turn.texts),
  }
}

function matchResults(
  read: MemberReader,
  toolUses: readonly string[],
  turn: Turn,
  index: number,
): void {
  const answered = new Set(turn.toolResults.map((result) => result.id))
  const missing = toolUses.filter((id) => !answered.has(id))
  if (missing.length > 0) expectResults(read, missing, index)
  if (turn.toolResults.length > toolUses.length) {
    read.invalid(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    )
  }
}

function expectResults(read: MemberReader, ids: readonly string[], index: number): never {
  return read.invalid(
    `Expected toolResult blocks at messages.${index}.content for the following Ids: ${ids.join(', ')}`,
  )
}

function readTurn(read: MemberReader, message: Members, index: number): Turn {
  // The API's own checks count members from one, the service's from zero.
  const member = `messages.${index + 1}.member`
  const role = read.required(read.text(message, 'role'), `${member}.role`)
  if (role !== 'user' && role !== 'assistant') {
    read.constraint(role, `${member}.role`, 'Member must satisfy enum value set: [user, assistant]')
  }
  const content = read.required(read.list(message, 'content'), `${member}.content`)
  if (content.length === 0) {
    read.invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    )
  }
  const texts: string[] = []
  const words: string[] = []
  const toolUses: string[] = []
  const toolResults: Turn['toolResults'][number][] = []
  let hasDocument = false
  content.forEach((each, at) => {
    const path = `messages.${index}.content.${at}`
    const block = read.asStructure(each)
    const kind = read.union(block, blockKinds, path)
    if (kind === 'text') {
      const text = readBlockText(read, block, path)
      texts.push(text)
      words.push(text)
      return
    }
    const inner = read.required(read.structure(block, kind), path)
    if (kind === 'toolUse') {
      if (role === 'user') misplaced(read, kind, path, 'assistant')
      const used = `${member}.content.${at + 1}.member.toolUse`
      toolUses.push(readName(read, inner, 'toolUseId', used))
      texts.push(readName(read, inner, 'name', used), JSON.stringify(inner.input ?? {}))
      if (!isRecord(inner.input)) {
        read.invalid(
          `The format of the value at ${path}.toolUse.input is invalid. Provide a json object for the field and try again.`,
        )
      }
    } else if (kind === 'toolResult') {
      if (role === 'assistant') misplaced(read, kind, path, 'user')
      const id = readName(read, inner, 'toolUseId', `${member}.content.${at + 1}.member.toolResult`)
      const text = readToolResult(read, inner, `${path}.toolResult`, member)
      texts.push(text)
      toolResults.push({ id, text })
    } else if (kind === 'image' || kind === 'document' || kind === 'video') {
      hasDocument ||= kind === 'document'
      readMedia(read, inner, kind, `${member}.content.${at + 1}.member.${kind}`)
    } else if (kind === 'reasoningContent') {
      const reasoning = read.structure(inner, 'reasoningText')
      if (reasoning !== undefined) texts.push(read.text(reasoning, 'text') ?? '')
    }
  })
  if (hasDocument && words.length === 0) {
    read.invalid(
      `The Message object at messages.${index} contains a document. Add a text block to the content field and try again.`,
    )
  }
  return { role, text: words.join(''), texts, toolUses, toolResults }
}

const blockKinds = [
  'text',
  'image',
  'document',
  'video',
  'audio',
  'toolUse',
  'toolResult',
  'guardContent',
  'cachePoint',
  'reasoningContent',
  'citationsContent',
  'searchResult',
]

const mediaFormats: Readonly<Record<string, readonly string[]>> = {
  image: ['png', 'jpeg', 'gif', 'webp'],
  document: ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'],
  video: ['mkv', 'mov', 'mp4', 'webm', 'flv', 'mpeg', 'mpg', 'wmv', 'three_gp'],
}

function readMedia(read: MemberReader, block: Members, kind: string, member: string): void {
  const formats = mediaFormats[kind] ?? []
  const format = read.text(block, 'format') ?? (kind === 'document' ? 'txt' : undefined)
  if (!formats.includes(read.required(format, `${member}.format`))) {
    read.constraint(
      format,
      `${member}.format`,
      `Member must satisfy enum value set: [${formats.join(', ')}]`,
    )
  }
  if (kind === 'document') read.required(read.text(block, 'name'), `${member}.name`)
  read.required(read.structure(block, 'source'), `${member}.source`)
}

function misplaced(read: MemberReader, kind: string, path: string, role: string): never {
  return read.invalid(
    `The ${kind} block at ${path} is not allowed here. Move it to a message with the role ${role} and try again.`,
  )
}

function readBlockText(read: MemberReader, block: Members, path: string): string {
  const text = read.text(block, 'text') ?? ''
  if (text.trim() !== '') return text
  return read.invalid(
    `The text field in the ContentBlock object at ${path} is blank. Add text to the text field, and try again.`,
  )
}

function readName(read: MemberReader, block: Members, key: string, path: string): string {
  const value = read.required(read.text(block, key), `${path}.${key}`)
  if (name.test(value)) return value
  return read.constraint(
    value,
    `${path}.${key}`,
    `Member must satisfy regular expression pattern: ${namePattern}`,
  )
}

function readToolResult(read: MemberReader, block: Members, path: string, member: string): string {
  const status = read.text(block, 'status')
  if (status !== undefined && status !== 'success' && status !== 'error') {
    read.constraint(
      status,
      `${member}.toolResult.status`,
      'Member must satisfy enum value set: [success, error]',
    )
  }
  const content = read.required(read.list(block, 'content'), `${path}.content`)
  return content
    .map((each, index) => {
      const result = read.asStructure(each)
      const kinds = ['text', 'json', 'image', 'document', 'video', 'searchResult']
      const kind = read.union(result, kinds, `${path}.content.${index}`)
      if (kind === 'text') return readBlockText(read, result, `${path}.content.${index}`)
      return kind === 'json' ? JSON.stringify(result.json) : ''
    })
    .join('')
}

function readSystem(read: MemberReader, body: Members): string[] {
  return (read.list(body, 'system') ?? []).map((each, index) => {
    const block = read.asStructure(each)
    const kind = read.union(block, ['text', 'guardContent', 'cachePoint'], `system.${index}`)
    if (kind !== 'text') return ''
    const text = read.text(block, 'text') ?? ''
    if (text.trim() !== '') return text
    return read.invalid(
      `The text field in the SystemContentBlock object at system.${index} is blank. Add text to the text field, and try again.`,
    )
  })
}

interface DefinedTool extends OfferedTool {
  /** What the model is told of it, as text. */
  readonly definition: string
}

/** `undefined` where there is no `toolConfig`. */
function readTools(read: MemberReader, body: Members): DefinedTool[] | undefined {
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

function readToolChoice(
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
function allowsParallel(body: Members): boolean {
  const more = body.additionalModelRequestFields
  const choice = isRecord(more) ? more.tool_choice : undefined
  return !(isRecord(choice) && choice.disable_parallel_tool_use === true)
}

function readFormat(read: MemberReader, body: Members): Prompt['format'] {
  const config = read.structure(body, 'outputConfig')
  const format = config === undefined ? undefined : read.structure(config, 'textFormat')
  if (format === undefined) return 'text'
  const path = 'outputConfig.textFormat'
  const type = read.required(read.text(format, 'type'), `${path}.type`)
  if (type !== 'json_schema') {
    read.constraint(type, `${path}.type`, 'Member must satisfy enum value set: [json_schema]')
  }
  const structure = read.required(read.structure(format, 'structure'), `${path}.structure`)
  const here = `${path}.structure.jsonSchema`
  const described = read.required(read.structure(structure, 'jsonSchema'), here)
  const text = read.required(read.text(described, 'schema'), `${here}.schema`)
  const schema = readJson(new TextEncoder().encode(text))
  if (isRecord(schema)) return { schema }
  return read.invalid(`The value at ${here}.schema is not a valid JSON schema.`)
}

function readStopSequences(read: MemberReader, inference: Members): string[] {
  return (read.list(inference, 'stopSequences') ?? []).map((each, index) => {
    if (typeof each === 'string' && each !== '') return each
    return read.constraint(
      each,
      `inferenceConfig.stopSequences.${index + 1}.member`,
      'Member must have length greater than or equal to 1',
    )
  })
}

const serviceTiers = ['priority', 'default', 'flex', 'reserved']

function readServiceTier(read: MemberReader, tier: Members): string {
  const type = read.required(read.text(tier, 'type'), 'serviceTier.type')
  if (serviceTiers.includes(type)) return type
  return read.constraint(
    type,
    'serviceTier.type',
    `Member must satisfy enum value set: [${serviceTiers.join(', ')}]`,
  )
}
