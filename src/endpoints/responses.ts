// https://platform.openai.com/docs/api-reference/responses/create
import { createJsonEndpoint } from './json-endpoint.ts'

export const responses = createJsonEndpoint({
  id: 'responses',
  path: '/v1/responses',
  operation: 'responses',
})
