// An answer in OpenAI's embeddings dialect, looked at on its way to the client.
// https://platform.openai.com/docs/api-reference/embeddings/object
import { readEmbeddingsUsage } from '../../usage/embeddings-usage.ts'
import { createJsonReply } from '../json-reply.ts'
import type { Reply } from '../translator.ts'

/** `model`: what was asked for, where the answer names none. */
export const createEmbeddingsReply = (model: string): Reply =>
  createJsonReply({ model, readUsage: ({ usage }) => readEmbeddingsUsage(usage) })
