// The chunks of a text completion, added up. https://platform.openai.com/docs/api-reference/completions/object
import { isRecord } from '../../json/is-record.ts'
import type { AnswerFold } from './chat.ts'
import { createTextBudget, firstTokenEvent } from './text-budget.ts'

type Json = Readonly<Record<string, unknown>>

/** Besides choices. An error that comes in the place of a chunk has none of these. */
const kept = ['id', 'object', 'created', 'model', 'system_fingerprint', 'usage'] as const

export function createCompletionFold(): AnswerFold {
  const budget = createTextBudget()
  const choices = new Map<number, { text: string; finishReason: unknown }>()
  /** Later chunks know better: members that are filled replace those of earlier ones. */
  let head: Json | undefined
  return {
    add(chunk) {
      if (!isRecord(chunk)) return undefined
      const isFirst = head === undefined
      const filled = kept.filter((key) => (chunk[key] ?? '') !== '')
      head = { ...head, ...Object.fromEntries(filled.map((key) => [key, chunk[key]])) }
      for (const choice of Array.isArray(chunk['choices']) ? chunk['choices'] : []) {
        if (!isRecord(choice)) continue
        const index = typeof choice['index'] === 'number' ? choice['index'] : 0
        const known = choices.get(index) ?? { text: '', finishReason: undefined }
        if (typeof choice['text'] === 'string') known.text += budget.take(choice['text'])
        if (choice['finish_reason']) known.finishReason = choice['finish_reason']
        choices.set(index, known)
      }
      return isFirst ? firstTokenEvent : undefined
    },
    answer() {
      if (head === undefined) return undefined
      const folded = [...choices]
        .toSorted(([a], [b]) => a - b)
        .map(([index, { text, finishReason }]) => ({
          index,
          text,
          ...(finishReason === undefined ? {} : { finish_reason: finishReason }),
        }))
      return { ...head, choices: folded }
    },
    truncated: () => budget.exceeded(),
  }
}
