// The events of a response. The last one holds the whole answer; of a stream without it, the text that came is kept.
// https://platform.openai.com/docs/api-reference/responses-streaming
import { isRecord } from '../../json/is-record.ts'
import type { AnswerFold } from './chat.ts'
import { parseChunk } from './parse-chunk.ts'
import { createTextBudget, firstTokenEvent } from './text-budget.ts'
import { learnPattern, type TextPattern } from './text-pattern.ts'

type Json = Readonly<Record<string, unknown>>

export function createResponsesFold(): AnswerFold {
  const budget = createTextBudget()
  let begun = false
  let whole: Json | undefined
  let created: Json | undefined
  let text = ''
  let failure: string | undefined
  let usual: TextPattern | undefined

  const add = (chunk: unknown): string | undefined => {
    if (!isRecord(chunk)) return undefined
    const event = begun ? undefined : firstTokenEvent
    begun = true
    const { type, response } = chunk
    switch (type) {
      case 'response.created':
        created = isRecord(response) ? response : undefined
        break
      case 'response.output_text.delta':
        if (typeof chunk['delta'] === 'string') text += budget.take(chunk['delta'])
        break
      case 'response.completed':
      case 'response.incomplete':
        whole = isRecord(response) ? response : {}
        return type === 'response.completed' ? 'Response Completed Event' : event
      case 'response.failed':
        failure = describe(isRecord(response) ? response['error'] : undefined)
        break
      case 'error':
        failure = describe(isRecord(chunk['error']) ? chunk['error'] : chunk)
        break
    }
    return event
  }
  return {
    add,
    addText(data) {
      const chunk = parseChunk(data)
      const isDelta = isRecord(chunk) && chunk['type'] === 'response.output_text.delta'
      if (isDelta) usual = learnPattern(data, ['delta', 'obfuscation'], 'sequence_number') ?? usual
      return add(chunk)
    },
    repeats(data) {
      const delta = usual?.match(data)?.[0]
      if (delta === undefined) return false
      text += budget.take(delta)
      return true
    },
    answer() {
      if (whole !== undefined || text === '') return whole
      const content = [{ type: 'output_text', text }]
      const output = [{ type: 'message', role: 'assistant', content }]
      return { ...created, output }
    },
    truncated: () => budget.exceeded(),
    failure: () => failure,
  }
}

function describe(error: unknown): string {
  const { code, message } = isRecord(error) ? error : {}
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ')
}
