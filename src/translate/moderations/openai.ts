import type { RequestOf } from '../../endpoints/index.ts'
import { createJsonReply } from '../json-reply.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'

export const moderationsToOpenAI = passThrough<RequestOf<'moderations'>>({
  path: (target) => openaiPath(target, 'moderations'),
  reply: ({ model }) => createJsonReply({ model }),
})
