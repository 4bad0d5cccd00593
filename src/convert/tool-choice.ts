// `tool_choice` of a chat request, in the words that other dialects share.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice
import { isRecord } from '../json/is-record.ts'
import type { CheckedChatRequest, ToolChoice } from '../wire/openai/chat.ts'
import { refusal } from './refusal.ts'

export type ChosenTools =
  | { readonly type: 'absent' | 'none' }
  /** `any`: at least one call. `allowed`: the names of the tools to offer; absent: all. */
  | { readonly type: 'auto' | 'any'; readonly allowed?: ReadonlySet<string> }
  | { readonly type: 'tool'; readonly name: string }
  /** A word that OpenAI does not have. */
  | { readonly type: 'word'; readonly word: string }

/** `provider` is for the message where it has no way to say the choice. */
export function readToolChoice(
  choice: CheckedChatRequest['tool_choice'],
  provider: string,
): ChosenTools {
  if (choice === undefined || choice === null) return { type: 'absent' }
  if (typeof choice !== 'string') {
    if (choice.type === 'allowed_tools') return readAllowed(choice)
    const name = choice.function?.name
    if (name) return { type: 'tool', name }
    throw refusal(`${provider} can be told to use a function only`, 'tool_choice')
  }
  switch (choice) {
    case 'auto':
    case 'none':
      return { type: choice }
    case 'required':
      return { type: 'any' }
    default:
      return { type: 'word', word: choice }
  }
}

/** `{type: 'allowed_tools', allowed_tools: {mode, tools}}`, or the same without the inner object. */
function readAllowed(choice: ToolChoice): ChosenTools {
  const { mode, tools } = isRecord(choice.allowed_tools) ? choice.allowed_tools : choice
  if (!Array.isArray(tools)) throw refusal('allowed_tools names no tools', 'tool_choice')
  const names = tools.map((tool: unknown) => {
    if (!isRecord(tool)) return undefined
    return isRecord(tool.function) ? tool.function.name : tool.name
  })
  const allowed = new Set(names.filter((name) => typeof name === 'string'))
  return { type: mode === 'required' ? 'any' : 'auto', allowed }
}
