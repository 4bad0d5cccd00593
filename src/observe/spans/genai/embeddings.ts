import { decodeFloats } from '../decode-floats.ts'
import { readFilled, readRecord, readRecords, readReply } from '../read.ts'
import type { SpanSet } from '../span-set.ts'
import { describeChatUsage, describeOperation } from './attributes.ts'

export function createEmbeddingSpans(): SpanSet {
  return {
    name: 'embeddings',
    request(call) {
      const format = readFilled(readRecord(call.request)['encoding_format'])
      return {
        ...describeOperation('embeddings', call.model),
        'gen_ai.request.encoding_formats': format === undefined ? undefined : [format],
      }
    },
    reply(reply) {
      const answer = readReply(reply)
      return {
        'gen_ai.response.model': readFilled(answer['model']),
        ...describeChatUsage(answer['usage']),
        'gen_ai.embeddings.dimension.count': countDimensions(
          readRecords(answer['data'])[0]?.['embedding'],
        ),
      }
    },
  }
}

function countDimensions(embedding: unknown): number | undefined {
  if (Array.isArray(embedding)) return embedding.length
  return typeof embedding === 'string' ? decodeFloats(embedding)?.length : undefined
}
