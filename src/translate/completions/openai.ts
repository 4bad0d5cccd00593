import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createCompletionsReply } from './completions-reply.ts'

export const completionsToOpenAI = passThrough<RequestOf<'completions'>>({
  path: (target) => openaiPath(target, 'completions'),
  reply: (target) => createCompletionsReply(target.model),
})
