import type { RequestOf } from '../../endpoints/index.ts'
import { azureResourcePath } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { createInputTokensReply } from './input-tokens-reply.ts'

export const inputTokensToAzure = passThrough<RequestOf<'responses-input-tokens'>>({
  path: (target) => azureResourcePath(target, 'responses/input_tokens'),
  reply: (target) => createInputTokensReply(target.model),
})
