// https://platform.openai.com/docs/api-reference/responses/input-tokens
import { createJsonEndpoint } from './json-endpoint.ts'

export const responsesInputTokens = createJsonEndpoint({
  id: 'responses-input-tokens',
  path: '/v1/responses/input_tokens',
  operation: 'responses_input_tokens',
  isStream: () => false,
})
