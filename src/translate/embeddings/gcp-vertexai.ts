// Embeddings by Vertex AI.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
import {
  convertEmbeddingsReply,
  type EmbeddingsHead,
} from '../../convert/embeddings/vertex-reply.ts'
import { convertEmbeddings } from '../../convert/embeddings/vertex-request.ts'
import { readGoogleError } from '../../convert/errors/google-error.ts'
import { writeOpenAIError } from '../../convert/errors/openai-error.ts'
import { readEmbeddingsUsage } from '../../usage/embeddings-usage.ts'
import type { EmbeddingsRequest } from '../../wire/openai/embeddings.ts'
import type { Reply, Translator } from '../translator.ts'
import { unusableVertexAnswer } from '../vertex-answer.ts'
import { vertexPath } from '../vertex-path.ts'

export const embeddingsToVertex: Translator<EmbeddingsRequest> = (call, target) => {
  const { verb, bodies, encoding } = convertEmbeddings(call.request, target.model)
  const [body, ...more] = bodies
  return {
    path: vertexPath(target, { publisher: 'google', verb }),
    headers: { 'content-type': 'application/json' },
    body,
    ...(more.length > 0 ? { more } : {}),
    reply: createReply({ model: target.model, encoding }),
  }
}

function createReply(head: EmbeddingsHead): Reply {
  return {
    whole(body) {
      const value = convertEmbeddingsReply(body, head)
      if (value === undefined) throw unusableVertexAnswer(body)
      return {
        body: JSON.stringify(value),
        usage: readEmbeddingsUsage(value.usage),
        model: head.model,
        value,
      }
    },
    error: (body, { status }) => ({ body: writeOpenAIError(readGoogleError(body, status)) }),
  }
}
