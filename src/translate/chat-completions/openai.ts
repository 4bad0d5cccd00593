import type { ChatRequest } from '../../wire/openai/chat.ts'
import { openaiPath } from '../openai-path.ts'
import { passThrough } from '../pass-through.ts'
import { createChatReply } from './chat-reply.ts'

/** Chat completions at OpenAI, and at whoever speaks its dialect. */
export const chatToOpenAI = passThrough<ChatRequest>({
  path: (target) => openaiPath(target, 'chat/completions'),
  reply: (target) => createChatReply(target.model),
})
