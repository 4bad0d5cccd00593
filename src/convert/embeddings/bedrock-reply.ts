// Embeddings of Bedrock's models as OpenAI has them: each vendor's answer is known by its members.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
import { encodeFloats } from '../../base64-bytes.ts'
import { isRecord } from '../../json/is-record.ts'
import { readCount } from '../../usage/read-count.ts'
import type { EmbeddingsAnswer } from '../../wire/openai/embeddings.ts'

export interface EmbeddingsHead {
  /** The model that was asked. */
  readonly model: string
  readonly encoding: 'float' | 'base64'
  /** What each answer's header says about tokens, where its body says nothing. */
  readonly tokens: readonly number[]
}

/** `text`: an answer, or a list of answers in the order of the inputs. `undefined` where one is none. */
export function convertEmbeddingsReply(
  text: string,
  { model, encoding, tokens }: EmbeddingsHead,
): EmbeddingsAnswer | undefined {
  const answer = parse(text)
  const answers: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  const vectors: (readonly unknown[])[] = []
  let total = 0
  for (const [index, each] of answers.entries()) {
    const found = isRecord(each) ? readVectors(each) : undefined
    if (found === undefined || !isRecord(each)) return undefined
    vectors.push(...found)
    total += readCount(each.inputTextTokenCount) ?? tokens[index] ?? 0
  }
  return {
    object: 'list',
    data: vectors.map((values, index) => ({
      object: 'embedding',
      embedding: encoding === 'base64' ? encodeFloats(values) : values,
      index,
    })),
    model,
    usage: { prompt_tokens: total, total_tokens: total },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Vectors = readonly (readonly unknown[])[]

function readVectors(answer: Readonly<Record<string, unknown>>): Vectors | undefined {
  const { embedding, embeddings, embeddingsByType } = answer
  if (Array.isArray(embedding)) return [embedding]
  // Titan, asked for other types than floats alone.
  if (isRecord(embeddingsByType)) return oneList(Object.values(embeddingsByType)[0])
  // Cohere, asked for one type or several.
  if (isRecord(embeddings)) return listOfLists(embeddings.float ?? Object.values(embeddings)[0])
  return listOfLists(embeddings)
}

function oneList(values: unknown): Vectors | undefined {
  return Array.isArray(values) ? [values] : undefined
}

/** Cohere's lists as they are; Nova's are members of objects. */
function listOfLists(lists: unknown): Vectors | undefined {
  if (!Array.isArray(lists)) return undefined
  const found = lists.map((list: unknown) => (isRecord(list) ? list.embedding : list))
  return found.every((list) => Array.isArray(list)) ? found : undefined
}
