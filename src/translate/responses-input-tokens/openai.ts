import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createInputTokensReply } from './input-tokens-reply.ts'

export const inputTokensToOpenAI = passThrough<RequestOf<'responses-input-tokens'>>({
  path: (target) => openaiPath(target, 'responses/input_tokens'),
  reply: (target) => createInputTokensReply(target.model),
})
