import type { RequestOf } from '../../endpoints/index.ts'
import { azureResourcePath } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { createResponsesReply } from '../responses/responses-reply.ts'

export const compactToAzure = passThrough<RequestOf<'responses-compact'>>({
  path: (target) => azureResourcePath(target, 'responses/compact'),
  reply: (target) => createResponsesReply(target.model),
})
