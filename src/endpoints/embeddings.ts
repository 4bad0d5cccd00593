// POST /v1/embeddings: https://platform.openai.com/docs/api-reference/embeddings/create
import type { EmbeddingsRequest } from '../wire/openai/embeddings.ts'
import type { Endpoint } from './endpoint.ts'
import { readJsonEnvelope } from './json-envelope.ts'

const path = '/v1/embeddings'

export const embeddings: Endpoint<'embeddings', EmbeddingsRequest> = {
  id: 'embeddings',
  path,
  dialect: 'openai',
  operation: 'embeddings',
  parse(raw, { fallbackModel }) {
    const { request, model, body } = readJsonEnvelope(raw, path, fallbackModel)
    return { request, model, stream: false, body }
  },
}
