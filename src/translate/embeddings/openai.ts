import type { EmbeddingsRequest } from '../../wire/openai/embeddings.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createEmbeddingsReply } from './embeddings-reply.ts'

/** Embeddings at OpenAI, and at whoever speaks its dialect. */
export const embeddingsToOpenAI = passThrough<EmbeddingsRequest>({
  path: (target) => openaiPath(target, 'embeddings'),
  reply: (target) => createEmbeddingsReply(target.model),
})
