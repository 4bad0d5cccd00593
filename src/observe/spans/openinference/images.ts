// Images out of a prompt, as JSON or as a form. https://platform.openai.com/docs/api-reference/images
import { readFilled, readRecord, readReply } from '../read.ts'
import type { Attributes, SpanSet } from '../span-set.ts'
import { describeForm } from './form-value.ts'
import type { Hiding } from './hiding.ts'
import { describeResponsesUsage } from './token-counts.ts'
import { inputValue, invocationParameters, replyValue } from './values.ts'

/** Edits come as a form, or as JSON beside the place of one. */
const jsonOf = (request: unknown) => readRecord(readRecord(request)['json'] ?? request)

export function createImageSpans(hiding: Hiding): SpanSet {
  return {
    name: 'ImagesResponse',
    request(call, received) {
      const form = describeForm(call.request, hiding, ['prompt'])
      const own: Attributes = form ?? {
        ...inputValue(call, received, hiding, ['prompt', 'images', 'mask']),
        ...invocationParameters(jsonOf(call.request), hiding, ['prompt', 'images', 'mask']),
      }
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'openai',
        'llm.model_name': readFilled(call.model),
        ...own,
      }
    },
    reply(reply) {
      const answer = readReply(reply)
      return {
        ...replyValue(reply, hiding, ['data']),
        'output.mime_type': 'application/json',
        ...describeResponsesUsage(answer['usage']),
      }
    },
  }
}
