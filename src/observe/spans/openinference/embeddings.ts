// POST /v1/embeddings: texts in, vectors out.
// https://github.com/Arize-ai/openinference/blob/main/spec/embedding_spans.md
import { decodeFloats } from '../decode-floats.ts'
import { readList, readRecord, readRecords, readReply, readText, writeJson } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { describeChatUsage } from './token-counts.ts'
import { inputValue, invocationParameters, outputValue } from './values.ts'

const contentKeys = ['input', 'messages'] as const

export function createEmbeddingSpans(hiding: Hiding): SpanSet {
  return {
    name: 'CreateEmbeddings',
    request(call, received) {
      const partly = { ...hiding, inputText: hiding.inputText || hiding.embeddingsText }
      return {
        'openinference.span.kind': 'EMBEDDING',
        ...inputValue(call, received, partly, contentKeys),
        ...invocationParameters(
          call.request,
          hiding,
          contentKeys,
          'embedding.invocation_parameters',
        ),
        ...describeTexts(readRecord(call.request), hiding),
      }
    },
    reply(reply) {
      const answer = readReply(reply)
      const { 'llm.token_count.prompt': prompt, 'llm.token_count.total': total } =
        describeChatUsage(answer['usage'])
      return {
        'embedding.model_name': readText(answer['model']) ?? '',
        ...describeVectors(answer['data'], hiding),
        'llm.token_count.prompt': prompt,
        'llm.token_count.total': total,
        ...(hiding.embeddingsVectors && !hiding.outputs
          ? outputValue(writeJson(withoutVectors(answer)), answer, hiding, [])
          : outputValue(reply.text(), answer, hiding, [])),
      }
    },
  }
}

function describeTexts(request: Readonly<Record<string, unknown>>, hiding: Hiding): Attributes {
  if (hiding.inputs || hiding.embeddingsText || hiding.inputText) return {}
  const { input, messages } = request
  const own = typeof input === 'string' ? [input] : readList(input)
  const texts = own.length > 0 ? own : readRecords(messages).flatMap(userTexts)
  return Object.fromEntries(
    texts.flatMap((text, index) =>
      typeof text === 'string'
        ? [[`embedding.embeddings.${index}.embedding.text`, text] as const]
        : [],
    ),
  )
}

function userTexts({ role, content }: Readonly<Record<string, unknown>>): string[] {
  if (role !== 'user') return []
  if (typeof content === 'string') return [content]
  return readRecords(content).flatMap((part) => readText(part['text']) || [])
}

function describeVectors(data: unknown, hiding: Hiding): Attributes {
  if (hiding.outputs || hiding.embeddingsVectors) return {}
  return Object.fromEntries(
    readRecords(data).flatMap(({ embedding }, index) => {
      const vector =
        typeof embedding === 'string'
          ? decodeFloats(embedding)
          : readList(embedding).filter((item) => typeof item === 'number')
      if (vector === undefined || vector.length === 0) return []
      return [[`embedding.embeddings.${index}.embedding.vector`, vector] as const]
    }),
  )
}

function withoutVectors(answer: Readonly<Record<string, unknown>>): unknown {
  const data = readRecords(answer['data']).map(({ embedding: _, ...rest }) => rest)
  return { ...answer, data }
}
