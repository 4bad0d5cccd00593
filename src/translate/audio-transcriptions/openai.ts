import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { renameForm } from '../rename-form.ts'
import { createTranscriptReply } from '../transcript-reply.ts'

export const transcriptionsToOpenAI = passThrough<RequestOf<'audio-transcriptions'>>({
  path: (target) => openaiPath(target, 'audio/transcriptions'),
  reply: (target) => createTranscriptReply(target.model),
  rename: renameForm,
})
