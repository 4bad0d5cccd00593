// POST /v1/chat/completions in the manner of OpenInference's instrumentation of the OpenAI client.
// https://github.com/Arize-ai/openinference/blob/main/spec/llm_spans.md
import { createChatFold } from '../../fold/chat.ts'
import { readFilled, readRecord, readReply, writeJson } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeChatInput, describeChatOutput } from './chat-messages.ts'
import type { Hiding } from './hiding.ts'
import { describeChatUsage } from './token-counts.ts'
import { describeTools, inputValue, invocationParameters, outputValue } from './values.ts'

/** Members of the request that hold content. */
const contentKeys = ['messages', 'prediction'] as const

export function createChatSpans(hiding: Hiding): SpanSet {
  const describe = (answer: Readonly<Record<string, unknown>>, text: string): Attributes => ({
    'llm.model_name': readFilled(answer['model']),
    ...outputValue(text, answer, hiding, ['choices']),
    ...describeChatOutput(answer['choices'], hiding),
    ...describeChatUsage(answer['usage']),
  })
  return {
    name: 'ChatCompletion',
    request(call, received) {
      const request = readRecord(call.request)
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': call.model,
        ...inputValue(call, received, hiding, contentKeys),
        ...invocationParameters(request, hiding, [
          'messages',
          'tools',
          ...(hiding.inputs || hiding.inputText || hiding.inputMessages ? ['prediction'] : []),
        ]),
        ...describeChatInput(request['messages'], hiding),
        ...describeTools(request['tools'], hiding),
      }
    },
    reply: (reply) => describe(readReply(reply), reply.text()),
    fold() {
      const fold = createChatFold()
      return {
        add: fold.add,
        ...(fold.addText && { addText: fold.addText }),
        attributes() {
          const answer = fold.answer()
          return answer === undefined ? {} : describe(answer, writeJson(answer))
        },
        truncated: fold.truncated,
      }
    },
  }
}
