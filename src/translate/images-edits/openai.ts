import type { RequestOf } from '../../endpoints/index.ts'
import { createImagesReply } from '../images-reply.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { renameEdit } from './rename-edit.ts'

export const imageEditsToOpenAI = passThrough<RequestOf<'images-edits'>>({
  path: (target) => openaiPath(target, 'images/edits'),
  reply: (target) => createImagesReply(target.model, 'image_edit.completed'),
  rename: renameEdit,
})
