// Embeddings of Vertex AI as OpenAI has them.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api#response-body
import { encodeFloats } from '../../base64-bytes.ts'
import { isRecord } from '../../json/is-record.ts'
import { readCount } from '../../usage/read-count.ts'
import type { Embedding, EmbeddingsAnswer } from '../../wire/openai/embeddings.ts'

export interface EmbeddingsHead {
  /** The model that was asked. */
  readonly model: string
  readonly encoding: 'float' | 'base64'
}

/** What one answer of either method says. */
interface Found {
  /** Absent: there is no embedding. */
  readonly values: readonly unknown[] | undefined
  readonly tokens: number
  readonly truncated: boolean
}

/** `text`: an answer, or a list of answers in the order of the inputs. `undefined` where one is none. */
export function convertEmbeddingsReply(
  text: string,
  { model, encoding }: EmbeddingsHead,
): EmbeddingsAnswer | undefined {
  const answer = parse(text)
  const found: Found[] = []
  let tokens = 0
  for (const each of Array.isArray(answer) ? (answer as readonly unknown[]) : [answer]) {
    if (!isRecord(each) || isRecord(each.error)) return undefined
    const read = readPredictions(each.predictions) ?? readEmbedContent(each)
    tokens += read.reduce((sum, one) => sum + one.tokens, 0)
    found.push(...read)
  }
  const data = found.flatMap(({ values, truncated }, index): Embedding[] => {
    if (values === undefined) return []
    const embedding = encoding === 'base64' ? encodeFloats(values) : values
    return [{ object: 'embedding', embedding, index, truncated: truncated ? true : undefined }]
  })
  return {
    object: 'list',
    data,
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readPredictions(predictions: unknown): Found[] | undefined {
  if (!Array.isArray(predictions)) return undefined
  return predictions.map((prediction: unknown) => {
    const embeddings =
      isRecord(prediction) && isRecord(prediction.embeddings) ? prediction.embeddings : {}
    const statistics = isRecord(embeddings.statistics) ? embeddings.statistics : {}
    return {
      values: readValues(embeddings),
      tokens: readCount(statistics.token_count) ?? 0,
      truncated: statistics.truncated === true,
    }
  })
}

function readEmbedContent(answer: Readonly<Record<string, unknown>>): Found[] {
  const usage = isRecord(answer.usageMetadata) ? answer.usageMetadata : {}
  return [
    {
      values: isRecord(answer.embedding) ? readValues(answer.embedding) : undefined,
      tokens: readCount(usage.promptTokenCount) ?? 0,
      truncated: answer.truncated === true,
    },
  ]
}

function readValues({ values }: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(values) ? values : []
}
