// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#translations---create
import type { RequestOf } from '../../endpoints/index.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { passThrough } from '../pass-through.ts'
import { renameForm } from '../rename-form.ts'
import { createTranscriptReply } from '../transcript-reply.ts'

export const translationsToAzure = passThrough<RequestOf<'audio-translations'>>({
  path: (target) => azureDeploymentPath(target, 'audio/translations'),
  reply: (target) => createTranscriptReply(target.model),
  rename: (call, target) => (isAzureV1(target) ? renameForm(call, target) : undefined),
})
