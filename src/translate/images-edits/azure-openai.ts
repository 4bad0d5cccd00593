// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/how-to/dall-e#call-the-image-edit-api
import type { RequestOf } from '../../endpoints/index.ts'
import { azureDeploymentPath, isAzureV1 } from '../azure-path.ts'
import { createImagesReply } from '../images-reply.ts'
import { passThrough } from '../pass-through.ts'
import { renameEdit } from './rename-edit.ts'

export const imageEditsToAzure = passThrough<RequestOf<'images-edits'>>({
  path: (target) => azureDeploymentPath(target, 'images/edits'),
  reply: (target) => createImagesReply(target.model, 'image_edit.completed'),
  rename: (call, target) => (isAzureV1(target) ? renameEdit(call, target) : undefined),
})
