import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { renameForm } from '../rename-form.ts'
import { createTranscriptReply } from '../transcript-reply.ts'

export const translationsToOpenAI = passThrough<RequestOf<'audio-translations'>>({
  path: (target) => openaiPath(target, 'audio/translations'),
  reply: (target) => createTranscriptReply(target.model),
  rename: renameForm,
})
