// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/responses
import type { RequestOf } from '../../endpoints/index.ts'
import { azureResourcePath } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { createResponsesReply } from './responses-reply.ts'

export const responsesToAzure = passThrough<RequestOf<'responses'>>({
  path: (target) => azureResourcePath(target, 'responses'),
  reply: (target) => createResponsesReply(target.model),
})
