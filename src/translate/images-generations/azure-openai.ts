// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference#image-generation
import type { RequestOf } from '../../endpoints/index.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { createImagesReply } from '../images-reply.ts'
import { passThrough, renameJson } from '../pass-through.ts'

export const imagesToAzure = passThrough<RequestOf<'images-generations'>>({
  path: (target) => azureDeploymentPath(target, 'images/generations'),
  reply: (target) => createImagesReply(target.model, 'image_generation.completed'),
  rename: (call, target) => (isAzureV1(target) ? renameJson(call, target) : undefined),
})
