// Embeddings of Bedrock's InvokeModel, as Titan, Cohere and Nova have them.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { isRecord } from '../json/is-record.ts'
import { bedrockHeaders, bedrockRejectWith } from './bedrock-error.ts'
import { createMemberReader, type MemberReader, type Members } from './bedrock-fields.ts'
import { readJson, type SimulatedAnswer, type SimulatedRequest } from './dialect.ts'
import { embed } from './embedding.ts'
import { countTokens } from './tokens.ts'

interface Embedded {
  readonly value: unknown
  readonly tokens: number
}

const maxTexts = 96

/** Throws a `Rejection`. */
export function answerEmbeddings(request: SimulatedRequest, model: string): SimulatedAnswer {
  const read = createMemberReader(bedrockRejectWith(request))
  const body = readJson(request.body)
  if (!isRecord(body)) return read.invalid('Malformed input request, please reformat your input.')
  const write = model.includes('cohere')
    ? writeCohere
    : model.includes('nova')
      ? writeNova
      : writeTitan
  const { value, tokens } = write(read, body, model)
  return {
    kind: 'whole',
    status: 200,
    headers: {
      ...bedrockHeaders(request, 'application/json'),
      'x-amzn-bedrock-input-token-count': String(tokens),
    },
    body: JSON.stringify(value),
  }
}

function writeTitan(read: MemberReader, body: Members, model: string): Embedded {
  const { inputText: text = '', inputImage: image = '', ...rest } = body
  const known = model.includes('image')
    ? ['embeddingConfig']
    : model.includes('v1')
      ? []
      : ['dimensions', 'normalize', 'embeddingTypes']
  const extra = Object.keys(rest).find((name) => !known.includes(name))
  if (extra !== undefined) {
    read.invalid(`Malformed input request: extraneous key [${extra}] is not permitted`)
  }
  if (typeof text !== 'string' || typeof image !== 'string' || text + image === '') {
    return read.invalid('Malformed input request: expected minLength: 1, actual: 0')
  }
  const config = isRecord(body.embeddingConfig) ? body.embeddingConfig : {}
  const dimensions = Number(body.dimensions ?? config.outputEmbeddingLength ?? 1024)
  const tokens = countTokens(text)
  return {
    value: { embedding: embed(text + image, dimensions), inputTextTokenCount: tokens },
    tokens,
  }
}

function writeCohere(read: MemberReader, body: Members, model: string): Embedded {
  const { texts, input_type } = body
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === 'string')) {
    return read.invalid('Malformed input request: #/texts: expected type: JSONArray')
  }
  if (texts.length > maxTexts) {
    read.invalid(`Malformed input request: #/texts: expected maximum item count: ${maxTexts}`)
  }
  if (typeof input_type !== 'string') {
    read.invalid('Malformed input request: #: required key [input_type] not found')
  }
  const isFour = model.includes('embed-v4')
  const dimensions = isFour ? Number(body.output_dimension ?? 1536) : 1024
  return {
    value: {
      id: 'simulated',
      response_type: 'embeddings_floats',
      embeddings: texts.map((text) => embed(text, dimensions)),
      texts,
    },
    tokens: texts.reduce((sum, text) => sum + countTokens(text), 0),
  }
}

function writeNova(read: MemberReader, body: Members): Embedded {
  const params = isRecord(body.singleEmbeddingParams) ? body.singleEmbeddingParams : {}
  const text = isRecord(params.text) ? params.text.value : undefined
  if (body.taskType !== 'SINGLE_EMBEDDING' || typeof text !== 'string') {
    return read.invalid('Malformed input request, please reformat your input and try again.')
  }
  const dimensions = Number(params.embeddingDimension ?? 3072)
  return {
    value: { embeddings: [{ embeddingType: 'TEXT', embedding: embed(text, dimensions) }] },
    tokens: countTokens(text),
  }
}
