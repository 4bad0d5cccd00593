// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#embeddings
import type { EmbeddingsRequest } from '../../wire/openai/embeddings.ts'
import { azureDeploymentPath } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { createEmbeddingsReply } from './embeddings-reply.ts'

export const embeddingsToAzure = passThrough<EmbeddingsRequest>({
  path: (target) => azureDeploymentPath(target, 'embeddings'),
  reply: (target) => createEmbeddingsReply(target.model),
})
