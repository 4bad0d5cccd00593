// How much a model may think: `thinking` as it is, `reasoning_effort` in each family's own words.
// https://docs.aws.amazon.com/bedrock/latest/userguide/inference-reasoning.html
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { isAmidThoughtlessCall } from '../thinking-history.ts'
import { writeThinking } from '../write-thinking.ts'
import type { ModelFamily } from './model-family.ts'

/** Tokens that Claude may think for an effort; it takes no less than 1024. */
const budgets: ReadonlyMap<string, number> = new Map([
  ['minimal', 1024],
  ['low', 1024],
  ['medium', 2048],
  ['high', 4096],
  ['xhigh', 4096],
  ['max', 4096],
])
const minBudget = 1024

const novaEfforts: ReadonlyMap<string, string> = new Map([
  ['minimal', 'low'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'high'],
  ['max', 'high'],
])

/** Members of `additionalModelRequestFields`. */
export function convertReasoning(
  request: CheckedChatRequest,
  family: ModelFamily,
): Readonly<Record<string, unknown>> {
  const effort = request.reasoning_effort || undefined
  const thinking = request.thinking ? { thinking: writeThinking(request.thinking) } : {}
  if (effort === undefined) return thinking
  switch (family) {
    case 'claude':
      return request.thinking ? thinking : claudeThinking(effort, request)
    case 'nova-2':
      return { ...thinking, reasoningConfig: novaReasoning(effort) }
    case 'gpt-oss':
      return { ...thinking, reasoning_effort: effort }
    case 'other':
      return { ...thinking, reasoning_config: effort }
  }
}

function claudeThinking(
  effort: string,
  request: CheckedChatRequest,
): Readonly<Record<string, unknown>> {
  if (effort === 'none') return {}
  const wanted = lookUp(budgets, effort)
  const maxTokens = request.max_completion_tokens ?? request.max_tokens
  const budget = maxTokens == null ? wanted : Math.min(wanted, maxTokens - 1)
  // With too few tokens, or in the middle of a tool call that was made without thinking, Claude
  // rejects what the client never asked for in these words.
  if (budget < minBudget || isAmidThoughtlessCall(request.messages ?? [])) return {}
  return { thinking: { type: 'enabled', budget_tokens: budget } }
}

function novaReasoning(effort: string): unknown {
  if (effort === 'none') return { type: 'disabled' }
  return { type: 'enabled', maxReasoningEffort: lookUp(novaEfforts, effort) }
}

function lookUp<Value>(table: ReadonlyMap<string, Value>, effort: string): Value {
  const value = table.get(effort)
  if (value !== undefined) return value
  throw refusal(`unknown effort ${effort.slice(0, 64)}`, 'reasoning_effort')
}
