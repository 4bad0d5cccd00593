// Responses that a provider keeps, asked for again: their tokens were counted by the call that made them, so they are
// not told once more. https://platform.openai.com/docs/api-reference/responses/get
import { createResponsesFold } from '../../fold/responses.ts'
import { readFilled, readRecord, readText } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeAnswers } from './answers.ts'
import type { Hiding } from './hiding.ts'
import { redacted } from './redact-content.ts'
import { outputValue } from './values.ts'

/** Of a response, and of a list of the items that it was made from. */
const contentKeys = ['output', 'output_text', 'instructions', 'data'] as const

export function createStoredResponseSpans(name: string, hiding: Hiding): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>, text: string): Attributes => ({
    'llm.model_name': readFilled(answer['model']),
    ...outputValue(text, answer, hideInputsToo(hiding), contentKeys),
  })
  return {
    name,
    request(call) {
      const request = readRecord(call.request)
      const asked = `${readText(request['suffix']) ?? ''}${readText(request['search']) ?? ''}`
      return {
        'openinference.span.kind': 'CHAIN',
        'llm.system': 'openai',
        ...(hiding.inputs
          ? { 'input.value': redacted }
          : { 'input.value': asked, 'input.mime_type': 'text/plain' }),
      }
    },
    ...describeAnswers(createResponsesFold, describe),
  }
}

/** What a call sent is part of the answer here. */
const hideInputsToo = (hiding: Hiding): Hiding => ({
  ...hiding,
  outputs: hiding.outputs || hiding.inputs,
  outputText: hiding.outputText || hiding.inputText || hiding.inputMessages,
})
