// How much a model may think: a level from Gemini 3 on, a budget of tokens on 2.5, nothing before.
// https://cloud.google.com/vertex-ai/generative-ai/docs/thinking
import type { ThinkingConfig } from '../../wire/gemini/generate-content.ts'
import type { CheckedChatRequest, Thinking } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import type { GeminiModel } from './model-gates.ts'

type Level = NonNullable<ThinkingConfig['thinkingLevel']>

const flashLevels: ReadonlyMap<string, Level> = new Map([
  ['none', 'MINIMAL'],
  ['minimal', 'MINIMAL'],
  ['low', 'LOW'],
  ['medium', 'MEDIUM'],
  ['high', 'HIGH'],
  ['xhigh', 'HIGH'],
  ['max', 'HIGH'],
])

/** The others know `LOW` and `HIGH` only. */
const otherLevels: ReadonlyMap<string, Level> = new Map([
  ['none', 'LOW'],
  ['minimal', 'LOW'],
  ['low', 'LOW'],
  ['medium', 'HIGH'],
  ['high', 'HIGH'],
  ['xhigh', 'HIGH'],
  ['max', 'HIGH'],
])

const budgets: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['minimal', 1024],
  ['low', 1024],
  ['medium', 8192],
  ['high', 24_576],
  ['xhigh', 24_576],
  ['max', 24_576],
])

/** Models that are not Flash cannot stop thinking; this is their least budget. */
const leastBudget = 128
/** The model decides. */
const dynamicBudget = -1

/** `thinking` goes before `reasoning_effort`: it says more. */
export function convertThinking(
  request: CheckedChatRequest,
  model: GeminiModel,
): ThinkingConfig | undefined {
  const effort = request.reasoning_effort || undefined
  const asked = request.thinking ? fromThinking(request.thinking, model) : undefined
  return asked ?? (effort === undefined ? undefined : fromEffort(effort, model))
}

function fromThinking(thinking: Thinking, model: GeminiModel): ThinkingConfig | undefined {
  switch (thinking.type) {
    case 'enabled':
      return {
        includeThoughts: thinking.includeThoughts ? true : undefined,
        thinkingBudget: thinking.budget_tokens ?? undefined,
      }
    case 'disabled':
      return fromEffort('none', model)
    case 'adaptive':
      return model.thinking === 'budget' ? { thinkingBudget: dynamicBudget } : undefined
  }
}

function fromEffort(effort: string, { thinking, family }: GeminiModel): ThinkingConfig | undefined {
  const levels = family === 'flash' ? flashLevels : otherLevels
  const thinkingLevel = levels.get(effort)
  const budget = budgets.get(effort)
  switch (thinking) {
    case 'none':
      return undefined
    case 'level':
      if (thinkingLevel !== undefined) return { thinkingLevel }
      break
    case 'budget':
      if (budget !== undefined) {
        return { thinkingBudget: family === 'flash' ? budget : Math.max(leastBudget, budget) }
      }
  }
  throw refusal(
    'unsupported reasoning effort level',
    'reasoning_effort',
    'invalid generation configs: invalid reasoning effort',
  )
}
