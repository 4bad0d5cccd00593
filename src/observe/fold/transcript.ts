// A transcript that comes piece by piece. https://platform.openai.com/docs/api-reference/audio/transcript-text-delta-event
import { isRecord } from '../../json/is-record.ts'
import type { AnswerFold } from './chat.ts'
import { createTextBudget, firstTokenEvent } from './text-budget.ts'

export function createTranscriptFold(): AnswerFold {
  const budget = createTextBudget()
  let begun = false
  let text = ''
  let done: string | undefined
  let usage: unknown
  return {
    add(event) {
      if (!isRecord(event)) return undefined
      const isFirst = !begun
      begun = true
      if (event['type'] === 'transcript.text.delta' && typeof event['delta'] === 'string') {
        text += budget.take(event['delta'])
      }
      if (event['type'] === 'transcript.text.done' && typeof event['text'] === 'string') {
        done = createTextBudget().take(event['text'])
        usage = event['usage']
      }
      return isFirst ? firstTokenEvent : undefined
    },
    answer: () => (begun ? { text: done ?? text, usage } : undefined),
    truncated: () => budget.exceeded(),
  }
}
