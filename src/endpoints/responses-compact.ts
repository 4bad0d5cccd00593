// https://platform.openai.com/docs/api-reference/responses/compact
import { createJsonEndpoint } from './json-endpoint.ts'

export const responsesCompact = createJsonEndpoint({
  id: 'responses-compact',
  path: '/v1/responses/compact',
  operation: 'responses_compact',
  isStream: () => false,
})
