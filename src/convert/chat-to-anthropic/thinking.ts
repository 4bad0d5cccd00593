// How much Claude may think: `thinking` as it is, `reasoning_effort` as a word or a budget.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking
import type { ThinkingConfig } from '../../wire/anthropic/messages.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { isAmidThoughtlessCall } from '../thinking-history.ts'
import { writeThinking } from '../write-thinking.ts'
import { effortStyle } from './platform.ts'

export interface ConvertedThinking {
  readonly thinking?: ThinkingConfig | undefined
  /** For `output_config`. */
  readonly effort?: string | undefined
}

/** OpenAI's words as Anthropic's, and the budgets they stand for. */
const efforts: ReadonlyMap<string, { readonly word: string; readonly budget: number }> = new Map([
  ['minimal', { word: 'low', budget: 1024 }],
  ['low', { word: 'low', budget: 1024 }],
  ['medium', { word: 'medium', budget: 4096 }],
  ['high', { word: 'high', budget: 16_384 }],
  ['xhigh', { word: 'xhigh', budget: 16_384 }],
  ['max', { word: 'max', budget: 16_384 }],
])
const minBudget = 1024

/** `maxTokens`: what the request sets, if it does. */
export function convertThinking(
  request: CheckedChatRequest,
  model: string,
  maxTokens: number | undefined,
): ConvertedThinking {
  const thinking = request.thinking ? writeThinking(request.thinking) : undefined
  const asked = request.reasoning_effort || undefined
  const style = asked === undefined ? 'none' : effortStyle(model)
  if (asked === undefined || style === 'none' || asked === 'none') return { thinking }
  const effort = efforts.get(asked)
  if (effort === undefined) {
    throw refusal(
      `unsupported reasoning effort level: ${JSON.stringify(asked.slice(0, 64))} (supported: none, minimal, low, medium, high, xhigh, max)`,
      'reasoning_effort',
    )
  }
  if (style === 'word') return { thinking, effort: effort.word }
  if (thinking !== undefined) return { thinking }
  const budget = maxTokens === undefined ? effort.budget : Math.min(effort.budget, maxTokens - 1)
  // With too few tokens, or in the middle of a tool call that was made without thinking, Claude
  // rejects what the client never asked for in these words.
  if (budget < minBudget || isAmidThoughtlessCall(request.messages ?? [])) return {}
  return { thinking: { type: 'enabled', budget_tokens: budget } }
}
