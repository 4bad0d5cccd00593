// POST /v1/completions: prompts and texts, without roles.
import { createCompletionFold } from '../../fold/completion.ts'
import { readFilled, readList, readRecord, readRecords, readText } from '../read.ts'
import type { Attributes, AttributeValue, SpanSet } from '../span-set.ts'
import { describeAnswers } from './answers.ts'
import type { Hiding } from './hiding.ts'
import { describeChatUsage } from './token-counts.ts'
import { hideText, inputValue, invocationParameters, outputValue } from './values.ts'

export function createCompletionSpans(hiding: Hiding): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>, text: string): Attributes => {
    const choices: Record<string, AttributeValue> = {}
    if (!hiding.outputs && !hiding.choices) {
      readRecords(answer['choices']).forEach((choice, index) => {
        const own = readText(choice['text']) ?? ''
        choices[`llm.choices.${index}.completion.text`] = hideText(own, hiding.outputText)
      })
    }
    const partly = { ...hiding, outputText: hiding.outputText || hiding.choices }
    return {
      'llm.model_name': readFilled(answer['model']),
      ...outputValue(text, answer, partly, ['choices']),
      ...choices,
      ...describeChatUsage({ ...readRecord(answer['usage']), ...noDetails }),
    }
  }
  return {
    name: 'Completion',
    request(call, received) {
      const request = readRecord(call.request)
      const partly = { ...hiding, inputText: hiding.inputText || hiding.prompts }
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': call.model,
        ...inputValue(call, received, partly, ['prompt', 'suffix']),
        ...invocationParameters(request, hiding, [
          'prompt',
          ...(partly.inputs || partly.inputText || partly.inputMessages ? ['suffix'] : []),
        ]),
        ...describePrompts(request['prompt'], hiding),
      }
    },
    ...describeAnswers(createCompletionFold, describe),
  }
}

const noDetails = { prompt_tokens_details: undefined, completion_tokens_details: undefined }

/** Tokens are no text. */
function describePrompts(prompt: unknown, hiding: Hiding): Attributes {
  if (hiding.inputs || hiding.prompts) return {}
  const prompts = typeof prompt === 'string' ? [prompt] : readList(prompt)
  return Object.fromEntries(
    prompts.flatMap((text, index) =>
      typeof text === 'string'
        ? [[`llm.prompts.${index}.prompt.text`, hideText(text, hiding.inputText)] as const]
        : [],
    ),
  )
}
