// POST /v1/chat/completions: https://platform.openai.com/docs/api-reference/chat/create
import type { ChatRequest } from '../wire/openai/chat.ts'
import type { Endpoint } from './endpoint.ts'
import { parseMetered } from './stream-options.ts'

const path = '/v1/chat/completions'

export const chatCompletions: Endpoint<'chat-completions', ChatRequest> = {
  id: 'chat-completions',
  path,
  dialect: 'openai',
  operation: 'chat',
  parse: (raw, options) => parseMetered(raw, path, options),
}
