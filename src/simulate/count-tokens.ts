// Counts of tokens, which every provider of chat has under a path of its own. All count as tokens.ts says.
import { decodeBase64 } from '../base64-bytes.ts'
import { isRecord } from '../json/is-record.ts'
import { anthropic } from './anthropic.ts'
import { bedrock } from './bedrock.ts'
import { Rejection, readJson, type SimulatedDialect, type SimulatedRequest } from './dialect.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import { countTokens as countText } from './tokens.ts'

interface Counter {
  readonly path: RegExp
  /** Whose errors these are. */
  readonly dialect: SimulatedDialect
  /** Where the texts are; undefined: the provider takes no such request. */
  read(body: Readonly<Record<string, unknown>>): unknown
  write(count: number): unknown
}

const counters: readonly Counter[] = [
  {
    // https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html#tokenizer-api
    path: /\/tokenize$/,
    dialect: openai,
    read: ({ prompt, messages, tools }) =>
      prompt === undefined && messages === undefined ? undefined : [prompt, messages, tools],
    write: (count) => ({
      count,
      max_model_len: 8192,
      tokens: Array.from({ length: count }, (_, index) => index),
    }),
  },
  {
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
    path: /\/model\/[^/]+\/count-tokens$/,
    dialect: bedrock,
    read: ({ input }) => readBedrockInput(input),
    write: (inputTokens) => ({ inputTokens }),
  },
  {
    // https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
    path: /:countTokens$/,
    dialect: gemini,
    read: ({ contents, systemInstruction, tools }) =>
      Array.isArray(contents) ? [contents, systemInstruction, tools] : undefined,
    write: (totalTokens) => ({ totalTokens }),
  },
  {
    // https://platform.claude.com/docs/en/api/messages/count_tokens
    path: /\/messages\/count_tokens$|\/models\/count-tokens:rawPredict$/,
    dialect: anthropic,
    read: readMessages,
    write: (input_tokens) => ({ input_tokens }),
  },
]

const counterOf = ({ pathname }: URL) => counters.find(({ path }) => path.test(pathname))

export const countTokens: SimulatedDialect = {
  name: 'token counts',
  serves: (url) => counterOf(url) !== undefined,
  answer(request) {
    const { read, write } = find(request)
    const body = readJson(request.body)
    const texts = isRecord(body) && request.method === 'POST' ? read(body) : undefined
    if (texts === undefined) {
      throw new Rejection(countTokens.refuse(400, request, 'There is nothing to count.'))
    }
    return {
      kind: 'whole',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(write(countAll(texts))),
    }
  },
  refuse: (status, request, message) => find(request).dialect.refuse(status, request, message),
}

function find({ url }: SimulatedRequest): Counter {
  const counter = counterOf(url)
  if (counter === undefined) throw new Error(`nothing is counted at ${url.pathname}`)
  return counter
}

function readMessages({ messages, system, tools }: Readonly<Record<string, unknown>>): unknown {
  return Array.isArray(messages) ? [messages, system, tools] : undefined
}

function readBedrockInput(input: unknown): unknown {
  const { converse, invokeModel } = isRecord(input) ? input : {}
  if (isRecord(converse)) {
    const { messages, system, toolConfig } = converse
    return Array.isArray(messages) ? [messages, system, toolConfig] : undefined
  }
  if (!isRecord(invokeModel) || typeof invokeModel.body !== 'string') return undefined
  const bytes = decodeBase64(invokeModel.body)
  const body = bytes && readJson(bytes)
  return isRecord(body) ? readMessages(body) : undefined
}

/** Members whose texts a model gets to read. */
const readable = new Set(['text', 'content', 'prompt', 'description', 'name', 'arguments'])

/** Every text in a list counts, and in an object those that a model reads. */
function countAll(value: unknown): number {
  if (typeof value === 'string') return countText(value)
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + countAll(each), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [name, each]) =>
      typeof each === 'string' && !readable.has(name) ? sum : sum + countAll(each),
    0,
  )
}
