// Embeddings by Amazon Bedrock. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
import { convertEmbeddingsReply } from '../../convert/embeddings/bedrock-reply.ts'
import { convertEmbeddings } from '../../convert/embeddings/bedrock-request.ts'
import { readBedrockError, readBedrockFailure } from '../../convert/errors/bedrock-error.ts'
import { writeOpenAIError } from '../../convert/errors/openai-error.ts'
import { GatewayError } from '../../errors.ts'
import { readEmbeddingsUsage } from '../../usage/embeddings-usage.ts'
import type { EmbeddingsRequest } from '../../wire/openai/embeddings.ts'
import { encodePathSegment } from '../path-segment.ts'
import type { Reply, Translator } from '../translator.ts'

export const embeddingsToBedrock: Translator<EmbeddingsRequest> = (call, target) => {
  const { model } = target
  const { bodies, encoding } = convertEmbeddings(call.request, model)
  const [body = '', ...more] = bodies
  return {
    path: `/model/${encodePathSegment(model)}/invoke`,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body,
    ...(more.length > 0 ? { more } : {}),
    reply: createReply(model, encoding),
  }
}

function createReply(model: string, encoding: 'float' | 'base64'): Reply {
  return {
    whole(body, { headers, more = [] }) {
      const tokens = [headers, ...more].map(
        (each) => Number(each.get('x-amzn-bedrock-input-token-count')) || 0,
      )
      const value = convertEmbeddingsReply(body, { model, encoding, tokens })
      if (value === undefined) {
        const { type, status, message } = readBedrockFailure(body)
        throw new GatewayError('upstream-protocol', message, { type, status })
      }
      return {
        body: JSON.stringify(value),
        usage: readEmbeddingsUsage(value.usage),
        model,
        value,
      }
    },
    error: (body, { status, headers }) => ({
      body: writeOpenAIError(
        readBedrockError(body, {
          status,
          contentType: headers.get('content-type'),
          errorType: headers.get('x-amzn-errortype'),
        }),
      ),
    }),
  }
}
