// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/ToolConfig
import type { GeminiToolConfig } from '../../wire/gemini/generate-content.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { type ChosenTools, readToolChoice } from '../tool-choice.ts'

export function convertToolChoice(
  choice: CheckedChatRequest['tool_choice'],
): GeminiToolConfig | undefined {
  const chosen = readToolChoice(choice, 'Gemini')
  return chosen.type === 'absent' ? undefined : { functionCallingConfig: convertMode(chosen) }
}

function convertMode(
  chosen: Exclude<ChosenTools, { type: 'absent' }>,
): GeminiToolConfig['functionCallingConfig'] {
  switch (chosen.type) {
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [chosen.name] }
    case 'word':
      throw refusal(
        `unsupported tool_choice value '${chosen.word.slice(0, 64)}'`,
        'tool_choice',
        'invalid tool configs',
      )
    case 'any':
    case 'auto': {
      const mode = chosen.type === 'any' ? 'ANY' : 'AUTO'
      if (chosen.allowed === undefined) return { mode }
      // Names go with the stricter modes only; `VALIDATED` may still answer in words.
      const allowedFunctionNames = [...chosen.allowed]
      return { mode: mode === 'ANY' ? 'ANY' : 'VALIDATED', allowedFunctionNames }
    }
    default:
      return { mode: 'NONE' }
  }
}
