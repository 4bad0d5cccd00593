import type { RequestOf } from '../../endpoints/index.ts'
import { createImagesReply } from '../images-reply.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'

/** Images at OpenAI, and at whoever speaks its dialect. */
export const imagesToOpenAI = passThrough<RequestOf<'images-generations'>>({
  path: (target) => openaiPath(target, 'images/generations'),
  reply: (target) => createImagesReply(target.model, 'image_generation.completed'),
})
