// POST /v1/chat/completions in the manner of OpenInference's instrumentation of the OpenAI client.
// https://github.com/Arize-ai/openinference/blob/main/spec/llm_spans.md
import { createChatFold } from '../../fold/chat.ts'
import { readFilled, readRecord } from '../read.ts'
import type { Attributes, AttributesOut, SpanSet } from '../span-set.ts'
import { describeAnswers } from './answers.ts'
import { describeChatInput, describeChatOutput } from './chat-messages.ts'
import type { Hiding } from './hiding.ts'
import { describeChatUsage } from './token-counts.ts'
import { describeTools, inputValue, invocationParameters, outputValue } from './values.ts'

/** Members of the request that hold content. */
const contentKeys = ['messages', 'prediction'] as const

export function createChatSpans(hiding: Hiding): SpanSet {
  const hidesContent = hiding.inputs || hiding.inputText || hiding.inputMessages
  const elsewhere = ['messages', 'tools', ...(hidesContent ? ['prediction'] : [])]

  const describe = (answer: Readonly<Record<string, unknown>>, text: string): Attributes => {
    const out: AttributesOut = { 'llm.model_name': readFilled(answer['model']) }
    outputValue(text, answer, hiding, ['choices'], out)
    describeChatOutput(answer['choices'], hiding, out)
    return describeChatUsage(answer['usage'], out)
  }
  return {
    name: 'ChatCompletion',
    request(call, received) {
      const request = readRecord(call.request)
      const out: AttributesOut = {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': call.model,
        ...invocationParameters(request, hiding, elsewhere),
      }
      inputValue(call, received, hiding, contentKeys, out)
      describeChatInput(request['messages'], hiding, out)
      return describeTools(request['tools'], hiding, out)
    },
    ...describeAnswers(createChatFold, describe),
  }
}
