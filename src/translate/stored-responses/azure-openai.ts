// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/responses#retrieve-a-response
import type { RequestOf } from '../../endpoints/index.ts'
import { azureResourcePath } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { createStoredReply } from './stored-reply.ts'

export const storedToAzure = passThrough<RequestOf<'response-get'>>({
  path: (target, { request }) =>
    addQuery(azureResourcePath(target, request.suffix), request.search),
  reply: (target) => createStoredReply(target.model),
  rename: () => undefined,
})

/** The client's query behind our own: a version that it asks for is not the backend's. */
function addQuery(path: string, search: string): string {
  const query = new URLSearchParams(search)
  query.delete('api-version')
  if (query.size === 0) return path
  return `${path}${path.includes('?') ? '&' : '?'}${query}`
}
