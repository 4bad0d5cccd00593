// Texts and images that are judged before a model sees them. https://platform.openai.com/docs/api-reference/moderations
import { readFilled, readReply } from '../read.ts'
import type { SpanSet } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { inputValue, replyValue } from './values.ts'

export function createModerationSpans(hiding: Hiding): SpanSet {
  return {
    name: 'Moderation',
    request: (call, received) => ({
      'openinference.span.kind': 'GUARDRAIL',
      'llm.system': 'openai',
      'llm.model_name': readFilled(call.model),
      ...inputValue(call, received, hiding, ['input']),
    }),
    reply: (reply) => ({
      'llm.model_name': readFilled(readReply(reply)['model']),
      // Flags and scores repeat nothing of what was judged.
      ...replyValue(reply, hiding, []),
    }),
  }
}
