import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createResponsesReply } from './responses-reply.ts'

export const responsesToOpenAI = passThrough<RequestOf<'responses'>>({
  path: (target) => openaiPath(target, 'responses'),
  reply: (target) => createResponsesReply(target.model),
})
