// The conversation as Gemini wants it: system texts apart, turns that alternate between user and model.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content
import type { GeminiContent, GeminiPart } from '../../wire/gemini/generate-content.ts'
import type { ChatMessage } from '../../wire/openai/chat.ts'
import { withOpeningTurn } from '../opening-turn.ts'
import { during, refusal } from '../refusal.ts'
import { convertAssistant } from './assistant.ts'
import type { GeminiModel } from './model-gates.ts'
import { convertResult, convertSystem, convertUser } from './user-parts.ts'

export interface Conversation {
  readonly contents: readonly GeminiContent[]
  readonly system: readonly GeminiPart[]
}

interface Turn {
  readonly role: GeminiContent['role']
  readonly parts: GeminiPart[]
}

export function convertMessages(
  messages: readonly ChatMessage[],
  model: GeminiModel,
): Conversation {
  const names = new Map<string, string>()
  const system: GeminiPart[] = []
  const turns: Turn[] = []
  const say = (role: GeminiContent['role'], parts: readonly GeminiPart[]) => {
    if (parts.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  for (const [index, message] of messages.entries()) {
    const where = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...convertSystem(message, where))
        break
      case 'user':
        say(
          'user',
          during('invalid user message', () => convertUser(message, model, where)),
        )
        break
      case 'tool':
        say('user', convertResult(message, names, where))
        break
      case 'assistant':
        say('model', convertAssistant(message, { model, names }, where))
    }
  }
  const contents = withOpeningTurn<Turn>(turns, (text) => ({ role: 'user', parts: [{ text }] }))
  if (contents.length > 0) return { contents, system }
  // Somebody has to say something: Gemini rejects instructions without contents.
  if (system.length > 0) return { contents: [{ role: 'user', parts: system }], system: [] }
  throw refusal('the messages say nothing', 'messages')
}
