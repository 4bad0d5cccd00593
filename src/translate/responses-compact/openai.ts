import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createResponsesReply } from '../responses/responses-reply.ts'

export const compactToOpenAI = passThrough<RequestOf<'responses-compact'>>({
  path: (target) => openaiPath(target, 'responses/compact'),
  reply: (target) => createResponsesReply(target.model),
})
