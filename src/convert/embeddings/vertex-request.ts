// An embeddings request as Vertex AI takes it: text models by `predict`, Gemini's by `embedContent`.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api

import type { GeminiPart } from '../../wire/gemini/generate-content.ts'
import { checkEmbeddingsRequest } from '../../wire/openai/check-embeddings.ts'
import type {
  CheckedEmbeddingsRequest,
  EmbeddingsInput,
  EmbeddingsItem,
  EmbeddingsRequest,
} from '../../wire/openai/embeddings.ts'
import { geminiModel } from '../chat-to-gemini/model-gates.ts'
import { convertUser } from '../chat-to-gemini/user-parts.ts'
import { refusal } from '../refusal.ts'

export interface ConvertedEmbeddings {
  readonly verb: 'predict' | 'embedContent'
  /** One for each request that it takes, in the order of the inputs; at least one. */
  readonly bodies: readonly [string, ...string[]]
  /** `base64`: little-endian 32-bit floats. */
  readonly encoding: 'float' | 'base64'
}

const stage = 'error converting EmbeddingRequest'
const oneAtATime = 'gemini-embedding-001'
/** https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings */
const maxInstances = 250
/** For 20,000 tokens, beyond which a request is refused: hardly any text has less than two bytes a token. */
const maxBytes = 40_000
const encoder = new TextEncoder()

/** Throws a `GatewayError`: `malformed-request` for a wrong type, `invalid-request` for a refusal. */
export function convertEmbeddings(request: EmbeddingsRequest, model: string): ConvertedEmbeddings {
  const checked = checkEmbeddingsRequest(request)
  const encoding = checked.encoding_format === 'base64' ? 'base64' : 'float'
  if (model.includes('gemini') && model !== oneAtATime) {
    const bodies = embedContents(checked, model).map((body) => JSON.stringify(body))
    return { verb: 'embedContent', bodies: atLeastOne(bodies), encoding }
  }
  const parameters = {
    outputDimensionality: readDimensions(checked),
    autoTruncate: checked.auto_truncate ?? undefined,
  }
  const groups = inGroups(listInstances(checked, model), model === oneAtATime ? 1 : maxInstances)
  const bodies = groups.map((instances) => JSON.stringify({ instances, parameters }))
  return { verb: 'predict', bodies: atLeastOne(bodies), encoding }
}

function atLeastOne(bodies: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = bodies
  if (first === undefined) throw refusal('there is nothing to embed', 'input', stage)
  return [first, ...rest]
}

function inGroups(instances: readonly Instance[], most: number): readonly (readonly Instance[])[] {
  const groups: Instance[][] = []
  let group: Instance[] = []
  let bytes = 0
  for (const instance of instances) {
    const { length } = encoder.encode(instance.content)
    if (group.length === 0 || group.length === most || bytes + length > maxBytes) {
      group = []
      bytes = 0
      groups.push(group)
    }
    group.push(instance)
    bytes += length
  }
  return groups
}

function readDimensions({ dimensions }: CheckedEmbeddingsRequest): number | undefined {
  return dimensions && dimensions > 0 ? dimensions : undefined
}

interface Instance {
  readonly content: string
  readonly task_type?: string | undefined
  readonly title?: string | undefined
}

function listInstances(request: CheckedEmbeddingsRequest, model: string): Instance[] {
  if (request.messages) {
    throw refusal(
      `model ${model} does not support multimodal embedding via messages`,
      'messages',
      stage,
    )
  }
  const task_type = request.task_type || undefined
  const title = request.title || undefined
  return listItems(request.input).flatMap((item): Instance[] => {
    const own = typeof item === 'string' ? { content: item } : item
    const contents = typeof own.content === 'string' ? [own.content] : own.content
    const ownTask = own.task_type || undefined
    // Titles are for documents that shall be found.
    const ownTitle = ownTask === 'RETRIEVAL_DOCUMENT' ? own.title || undefined : undefined
    return contents.map((content) => ({
      content,
      task_type: task_type ?? ownTask,
      title: title ?? ownTitle,
    }))
  })
}

function listItems(
  input: EmbeddingsInput | null | undefined,
): readonly (string | EmbeddingsItem)[] {
  if (input === undefined || input === null) throw unsupported('none')
  // The cast: `Array.isArray` does not narrow read-only arrays.
  const list = [input].flat() as readonly (string | EmbeddingsItem | number | readonly number[])[]
  if (Array.isArray(input) && typeof input[0] === 'object' && Array.isArray(input[0])) {
    throw unsupported('tokens')
  }
  return list.map((item) => {
    if (typeof item === 'string') return item
    if (typeof item === 'number' || Array.isArray(item)) throw unsupported('tokens')
    return item as EmbeddingsItem // what is left of the kinds
  })
}

function unsupported(what: string) {
  return refusal(`unsupported input type for embedding: ${what}`, 'input', stage)
}

interface EmbedContentRequest {
  readonly content: { readonly parts: readonly GeminiPart[] }
  readonly embedContentConfig?: Readonly<Record<string, unknown>> | undefined
}

function embedContents(request: CheckedEmbeddingsRequest, model: string): EmbedContentRequest[] {
  const config = {
    outputDimensionality: readDimensions(request),
    autoTruncate: request.auto_truncate ?? undefined,
    taskType: request.task_type || undefined,
    title: request.title || undefined,
  }
  const isConfigured = Object.values(config).some((value) => value !== undefined)
  const embedContentConfig = isConfigured ? config : undefined
  return listContents(request, model).map((parts) => ({ content: { parts }, embedContentConfig }))
}

/** The parts of each content that is embedded. */
function listContents(
  request: CheckedEmbeddingsRequest,
  model: string,
): readonly (readonly GeminiPart[])[] {
  if (request.messages) {
    const gates = geminiModel(model)
    const parts = request.messages.flatMap((message, index) =>
      message.role === 'user' ? convertUser(message, gates, `messages[${index}]`) : [],
    )
    if (parts.length > 0) return [parts]
    throw refusal('no user messages found in embedding request', 'messages', stage)
  }
  return listItems(request.input).map((item) => {
    if (typeof item === 'string') return [{ text: item }]
    throw refusal(
      `model ${model} does not support task_type and title of single inputs`,
      'input',
      stage,
    )
  })
}
