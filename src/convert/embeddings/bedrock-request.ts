// An embeddings request as the body of Bedrock's InvokeModel, which is each vendor's own.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { checkEmbeddingsRequest } from '../../wire/openai/check-embeddings.ts'
import type { CheckedEmbeddingsRequest, EmbeddingsRequest } from '../../wire/openai/embeddings.ts'
import { parseDataUrl } from '../data-url.ts'
import { listTexts } from './texts.ts'

export interface ConvertedEmbeddings {
  /** One for each request that it takes, in the order of the inputs; at least one. */
  readonly bodies: readonly string[]
  /** `base64`: little-endian 32-bit floats. */
  readonly encoding: 'float' | 'base64'
}

/** Throws a `GatewayError`: `malformed-request` for a wrong type, `invalid-request` for a refusal. */
export function convertEmbeddings(request: EmbeddingsRequest, model: string): ConvertedEmbeddings {
  const checked = checkEmbeddingsRequest(request)
  const { provider, write } = familyOf(model)
  const bodies = write(listTexts(checked, provider), checked, model)
  return {
    bodies: bodies.map((body) => JSON.stringify(body)),
    encoding: checked.encoding_format === 'base64' ? 'base64' : 'float',
  }
}

interface Family {
  readonly provider: string
  write(
    texts: readonly string[],
    request: CheckedEmbeddingsRequest,
    model: string,
  ): readonly unknown[]
}

const titanText: Family = { provider: 'AWS Bedrock Titan', write: writeTitan }

const families: readonly (readonly [RegExp, Family])[] = [
  [/titan-embed-image/, { provider: 'AWS Bedrock Titan', write: writeTitanImage }],
  [/cohere\.embed/, { provider: 'Cohere on AWS Bedrock', write: writeCohere }],
  [/nova.*embed/, { provider: 'AWS Bedrock Nova', write: writeNova }],
]

/** By the model's name, wherever an inference profile or an ARN has it. Unknown models speak as Titan does. */
function familyOf(model: string): Family {
  return families.find(([pattern]) => pattern.test(model))?.[1] ?? titanText
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
function writeTitan(
  texts: readonly string[],
  request: CheckedEmbeddingsRequest,
  model: string,
): readonly unknown[] {
  // The first version has one size and no choices.
  const choices = /titan-embed-(?:text-v1|g1)/.test(model)
    ? {}
    : {
        dimensions: request.dimensions ?? undefined,
        normalize: request.normalize ?? undefined,
        embeddingTypes: request.embeddingTypes ?? undefined,
      }
  return texts.map((inputText) => ({ inputText, ...choices }))
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html */
function writeTitanImage(
  texts: readonly string[],
  { dimensions }: CheckedEmbeddingsRequest,
): readonly unknown[] {
  const embeddingConfig = dimensions ? { outputEmbeddingLength: dimensions } : undefined
  return texts.map((text) => {
    const image = parseDataUrl(text)
    const input = image === undefined ? { inputText: text } : { inputImage: image.base64 }
    return { ...input, embeddingConfig }
  })
}

/** https://docs.cohere.com/reference/embed */
const cohereMaxTexts = 96

const cohereInputTypes: ReadonlyMap<unknown, string> = new Map([
  ['RETRIEVAL_QUERY', 'search_query'],
  ['RETRIEVAL_DOCUMENT', 'search_document'],
  ['CLASSIFICATION', 'classification'],
  ['CLUSTERING', 'clustering'],
])

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
function writeCohere(
  texts: readonly string[],
  request: CheckedEmbeddingsRequest,
  model: string,
): readonly unknown[] {
  const { task_type, auto_truncate, dimensions } = request
  const isFour = /embed-v4/.test(model)
  const rest = {
    input_type: cohereInputTypes.get(task_type) ?? 'search_document',
    truncate: writeTruncation(auto_truncate, isFour ? 'RIGHT' : 'END'),
    output_dimension: isFour ? (dimensions ?? undefined) : undefined,
  }
  const groups = Math.ceil(texts.length / cohereMaxTexts)
  return Array.from({ length: groups }, (_, index) => ({
    texts: texts.slice(index * cohereMaxTexts, (index + 1) * cohereMaxTexts),
    ...rest,
  }))
}

/** `end`: the vendor's word for what is cut off. */
function writeTruncation(auto: boolean | null | undefined, end: string): string | undefined {
  if (auto === undefined || auto === null) return undefined
  return auto ? end : 'NONE'
}

const novaPurposes: ReadonlyMap<unknown, string> = new Map([
  ['RETRIEVAL_QUERY', 'TEXT_RETRIEVAL'],
  ['CLASSIFICATION', 'CLASSIFICATION'],
  ['CLUSTERING', 'CLUSTERING'],
])

/** https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html */
function writeNova(
  texts: readonly string[],
  { task_type, auto_truncate, dimensions }: CheckedEmbeddingsRequest,
): readonly unknown[] {
  return texts.map((value) => ({
    schemaVersion: 'nova-multimodal-embed-v1',
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: novaPurposes.get(task_type) ?? 'GENERIC_INDEX',
      embeddingDimension: dimensions ?? undefined,
      text: { truncationMode: writeTruncation(auto_truncate, 'END') ?? 'END', value },
    },
  }))
}
