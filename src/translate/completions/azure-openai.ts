// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#completions
import type { RequestOf } from '../../endpoints/index.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { passThrough, renameJson } from '../pass-through.ts'
import { createCompletionsReply } from './completions-reply.ts'

export const completionsToAzure = passThrough<RequestOf<'completions'>>({
  path: (target) => azureDeploymentPath(target, 'completions'),
  reply: (target) => createCompletionsReply(target.model),
  rename: (call, target) => (isAzureV1(target) ? renameJson(call, target) : undefined),
})
