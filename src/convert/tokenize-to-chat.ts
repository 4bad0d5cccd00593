// What is to be counted, as a conversation: a prompt is what a user says.
import type { ChatRequest } from '../wire/openai/chat.ts'
import { refusal } from './refusal.ts'

export interface CountedChat {
  readonly chat: ChatRequest
  /** The conversation's JSON text, for what is read as it is spelt. */
  readonly text: () => string
}

/** `text`: the request's own JSON. Throws a `GatewayError` for a prompt that is no text. */
export function convertTokenizeRequest(
  request: Readonly<Record<string, unknown>>,
  text: () => string,
): CountedChat {
  const { model, messages, tools, tool_choice, thinking } = request
  if (messages !== undefined && messages !== null) {
    // What serves vLLM's own models says nothing to others.
    const known = { model, messages, tools, tool_choice, thinking }
    // The cast: the envelope is checked, and conversions check the rest.
    return { chat: known as ChatRequest, text }
  }
  const prompt = request.prompt ?? ''
  if (typeof prompt !== 'string') throw refusal('expected a string', 'prompt')
  return {
    // The cast: as above.
    chat: { model, messages: [{ role: 'user', content: prompt }] } as ChatRequest,
    text: () => '{}',
  }
}
