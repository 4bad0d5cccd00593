// https://platform.openai.com/docs/api-reference/images/create
import { createJsonEndpoint } from './json-endpoint.ts'

export const imagesGenerations = createJsonEndpoint({
  id: 'images-generations',
  path: '/v1/images/generations',
  operation: 'image_generation',
})
