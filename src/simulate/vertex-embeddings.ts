// Vertex AI's embeddings: text models by `predict`, Gemini's by `embedContent`.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import { isRecord } from '../json/is-record.ts'
import { readJson, type SimulatedRequest, type WholeAnswer } from './dialect.ts'
import { embed } from './embedding.ts'
import { googleJson, rejectAsGoogle } from './google-error.ts'
import { type Members, readMessage, readNumber, readRepeated, readString } from './google-fields.ts'
import { countTokens } from './tokens.ts'

const maxInstances = 250
const oneAtATime = 'gemini-embedding-001'

/** Throws a `Rejection`. */
export function answerPredict(request: SimulatedRequest, model: string): WholeAnswer {
  const members = readBody(request, ['instances', 'parameters'])
  const instances = readRepeated(members, 'instances', '')
  if (instances.length === 0) rejectAsGoogle('Empty instances.')
  const most = model === oneAtATime ? 1 : maxInstances
  if (instances.length > most) {
    rejectAsGoogle(`${instances.length} instances given, but the model takes ${most} at most.`)
  }
  const known = ['outputDimensionality', 'autoTruncate']
  const parameters = readMessage(members.parameters ?? {}, 'parameters', known)
  const dimensions = readDimensions(parameters, model)
  return googleJson({
    predictions: instances.map((each, index) => {
      const path = `instances[${index}]`
      const instance = readMessage(each, path, ['content', 'task_type', 'title'])
      const text = readString(instance, 'content', path)
      if (!text) return rejectAsGoogle('The text content is empty.')
      if (instance.title !== undefined && instance.task_type !== 'RETRIEVAL_DOCUMENT') {
        rejectAsGoogle('title is only supported for task_type RETRIEVAL_DOCUMENT.')
      }
      return {
        embeddings: {
          values: embed(text, dimensions),
          statistics: { token_count: countTokens(text), truncated: false },
        },
      }
    }),
  })
}

/** Throws a `Rejection`. */
export function answerEmbedContent(request: SimulatedRequest, model: string): WholeAnswer {
  const members = readBody(request, ['content', 'embedContentConfig'])
  const content = readMessage(members.content, 'content', ['parts', 'role'])
  const parts = readRepeated(content, 'parts', 'content')
  if (parts.length === 0) rejectAsGoogle('content contains an empty parts field.')
  const known = ['outputDimensionality', 'autoTruncate', 'taskType', 'title']
  const config = readMessage(members.embedContentConfig ?? {}, 'embed_content_config', known)
  const text = parts.map((part) => JSON.stringify(part)).join('\n')
  const tokens = parts.reduce<number>((sum, part) => sum + countPart(part), 0)
  return googleJson({
    embedding: { values: embed(text, readDimensions(config, model)) },
    truncated: false,
    usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens },
  })
}

/** A picture has as many tokens as Gemini gives a small one. */
function countPart(part: unknown): number {
  return isRecord(part) && typeof part.text === 'string' ? countTokens(part.text) : 258
}

function readBody(request: SimulatedRequest, known: readonly string[]): Members {
  const body = readJson(request.body)
  if (body === undefined) return rejectAsGoogle('Invalid JSON payload received. Unexpected token.')
  return readMessage(body, '', known)
}

function readDimensions(members: Members, model: string): number {
  const most = model.includes('gemini') ? 3072 : 768
  const bounds = { least: 1, most, integer: true } as const
  return readNumber(members, 'outputDimensionality', 'parameters', bounds) ?? most
}
