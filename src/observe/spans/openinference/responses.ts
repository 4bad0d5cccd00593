// POST /v1/responses. A stream tells its whole answer once more in its last event.
import { createResponsesFold } from '../../fold/responses.ts'
import { readFilled, readRecord } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeAnswers } from './answers.ts'
import type { Hiding } from './hiding.ts'
import { describeResponsesInput, describeResponsesOutput } from './responses-items.ts'
import { describeResponsesUsage } from './token-counts.ts'
import { describeTools, inputValue, invocationParameters, outputValue } from './values.ts'

const contentKeys = ['input', 'instructions', 'prompt'] as const
/** An answer repeats the instructions. */
const answerKeys = ['output', 'output_text', 'instructions'] as const

export function createResponsesSpans(hiding: Hiding): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>, text: string): Attributes => ({
    'llm.model_name': readFilled(answer['model']),
    ...outputValue(text, answer, hiding, answerKeys),
    'output.mime_type': 'application/json',
    ...describeResponsesOutput(answer['output'], hiding),
    ...describeResponsesUsage(answer['usage']),
  })
  return {
    name: 'Responses',
    request(call, received) {
      const request = readRecord(call.request)
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': call.model === '' ? undefined : call.model,
        ...inputValue(call, received, hiding, contentKeys),
        'input.mime_type': 'application/json',
        ...invocationParameters(request, hiding, [
          'input',
          'instructions',
          'tools',
          ...(hiding.inputs || hiding.inputText || hiding.inputMessages ? ['prompt'] : []),
        ]),
        ...describeResponsesInput(request, hiding),
        ...describeTools(request['tools'], hiding),
      }
    },
    ...describeAnswers(createResponsesFold, describe),
  }
}
