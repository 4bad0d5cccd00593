// What Bedrock's Converse makes of a request, and what it refuses.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { isRecord } from '../json/is-record.ts'
import { bedrockRejectWith } from './bedrock-error.ts'
import { createMemberReader, type MemberReader, type Members } from './bedrock-fields.ts'
import { readConversation } from './bedrock-messages.ts'
import { allowsParallel, readToolChoice, readTools } from './bedrock-tools.ts'
import type { Prompt } from './compose.ts'
import { readJson, type SimulatedRequest } from './dialect.ts'

export interface ConverseRequest {
  readonly prompt: Prompt
  readonly serviceTier: string | undefined
}

/** Throws a `Rejection`. */
export function readConverseRequest(request: SimulatedRequest, model: string): ConverseRequest {
  const read = createMemberReader(bedrockRejectWith(request))
  const parsed = readJson(request.body)
  if (parsed === undefined) return read.serialization('The request body is not valid JSON.')
  const body = read.asStructure(parsed)
  const tools = readTools(read, body)
  const conversation = readConversation(read, body, tools)
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
