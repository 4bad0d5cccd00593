import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createStoredReply } from './stored-reply.ts'

/** Responses by id, at the provider that keeps them. */
export const storedToOpenAI = passThrough<RequestOf<'response-get'>>({
  path: (target, { request }) => openaiPath(target, request.suffix) + request.search,
  reply: (target) => createStoredReply(target.model),
  rename: () => undefined,
})
