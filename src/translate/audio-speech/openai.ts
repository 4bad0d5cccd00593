import type { RequestOf } from '../../endpoints/index.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createSpeechReply } from '../speech-reply.ts'

export const speechToOpenAI = passThrough<RequestOf<'audio-speech'>>({
  path: (target) => openaiPath(target, 'audio/speech'),
  reply: (target) => createSpeechReply(target.model),
})
