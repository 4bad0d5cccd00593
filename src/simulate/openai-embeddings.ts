// OpenAI's embeddings. https://platform.openai.com/docs/api-reference/embeddings/create
import { encodeFloats } from '../base64-bytes.ts'
import { readJson, type SimulatedAnswer, type SimulatedRequest } from './dialect.ts'
import { embed } from './embedding.ts'
import { openaiHeaders, rejectWith } from './openai-error.ts'
import { createFieldReader, type FieldReader, type Fields } from './openai-fields.ts'
import { countTokens } from './tokens.ts'

const maxInputs = 2048

/** An input, and how many tokens it has. */
interface Input {
  readonly text: string
  readonly tokens: number
}

/** Throws a `Rejection`. */
export function answerEmbeddings(request: SimulatedRequest): SimulatedAnswer {
  const read = createFieldReader(rejectWith(request))
  const body = readJson(request.body)
  if (body === undefined) return read.reject('We could not parse the JSON body of your request.')
  const fields = read.object(body, 'body')
  const model = read.required(fields, 'model', 'string')
  const inputs = readInputs(read, fields)
  const dimensions = readDimensions(read, fields, model)
  const format =
    fields.encoding_format === undefined || fields.encoding_format === null
      ? 'float'
      : read.oneOf(fields, 'encoding_format', ['float', 'base64'])
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0)
  return {
    kind: 'whole',
    status: 200,
    headers: openaiHeaders(request, 'application/json'),
    body: JSON.stringify({
      object: 'list',
      data: inputs.map(({ text }, index) => {
        const values = embed(text, dimensions)
        const embedding = format === 'base64' ? encodeFloats(values) : values
        return { object: 'embedding', index, embedding }
      }),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  }
}

function readInputs(read: FieldReader, fields: Fields): readonly Input[] {
  const { input } = fields
  if (typeof input === 'string') return [readInput(read, input)]
  if (input === undefined) read.required(fields, 'input', 'string')
  const invalid = (): never =>
    read.reject("'$.input' is invalid. Please check the API reference.", 'input')
  if (!Array.isArray(input) || input.length === 0 || input.length > maxInputs) return invalid()
  const items: readonly unknown[] = input
  if (items.every((item) => Number.isInteger(item))) return [readInput(read, items)]
  const isOfOneKind =
    items.every((item) => typeof item === 'string') || items.every((item) => Array.isArray(item))
  return isOfOneKind ? items.map((item) => readInput(read, item)) : invalid()
}

/** Tokens stand for a text that nobody knows. */
function readInput(read: FieldReader, item: unknown): Input {
  if (typeof item === 'string' && item !== '') return { text: item, tokens: countTokens(item) }
  if (Array.isArray(item) && item.length > 0 && item.every(Number.isInteger)) {
    return { text: item.join(' '), tokens: item.length }
  }
  return read.reject("'$.input' is invalid. Please check the API reference.", 'input')
}

function readDimensions(read: FieldReader, fields: Fields, model: string): number {
  const most = model.includes('large') ? 3072 : 1536
  const dimensions = read.within(fields, 'dimensions', 'integer', 1, most)
  if (dimensions !== undefined && model.includes('ada')) {
    read.reject('This model does not support specifying dimensions.', 'dimensions')
  }
  return dimensions ?? most
}
