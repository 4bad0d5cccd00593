// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#text-to-speech
import type { RequestOf } from '../../endpoints/index.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { passThrough, renameJson } from '../pass-through.ts'
import { createSpeechReply } from '../speech-reply.ts'

export const speechToAzure = passThrough<RequestOf<'audio-speech'>>({
  path: (target) => azureDeploymentPath(target, 'audio/speech'),
  reply: (target) => createSpeechReply(target.model),
  rename: (call, target) => (isAzureV1(target) ? renameJson(call, target) : undefined),
})
