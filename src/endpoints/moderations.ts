// https://platform.openai.com/docs/api-reference/moderations/create
import { createJsonEndpoint } from './json-endpoint.ts'

export const moderations = createJsonEndpoint({
  id: 'moderations',
  path: '/v1/moderations',
  operation: 'moderation',
  isStream: () => false,
})
