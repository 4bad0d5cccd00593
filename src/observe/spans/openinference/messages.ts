// POST /anthropic/v1/messages. https://docs.anthropic.com/en/api/messages
import { createMessagesFold } from '../../fold/messages.ts'
import { readFilled, readRecord, readRecords, readText, writeJson } from '../read.ts'
import type { Attributes, AttributeValue, SpanSet } from '../span-set.ts'
import { describeAnswers } from './answers.ts'
import type { Hiding } from './hiding.ts'
import { redactImageUrl } from './redact-content.ts'
import { describeAnthropicUsage } from './token-counts.ts'
import {
  describeTools,
  hideText,
  inputValue,
  invocationParameters,
  outputValue,
  showsInputs,
  showsOutputs,
} from './values.ts'

type Json = Readonly<Record<string, unknown>>
type Out = Record<string, AttributeValue | undefined>

export function createMessagesSpans(hiding: Hiding): SpanSet {
  const describe = (answer: Json, text: string): Attributes => ({
    'llm.model_name': readFilled(answer['model']),
    ...outputValue(text, answer, hiding, ['content']),
    ...describeOutput(answer, hiding),
    ...describeAnthropicUsage(answer['usage']),
  })
  return {
    name: 'Message',
    request(call, received) {
      const request = readRecord(call.request)
      const hidesSystem = hiding.inputs || hiding.inputMessages || hiding.inputText
      return {
        'openinference.span.kind': 'LLM',
        'llm.system': 'anthropic',
        'llm.model_name': call.model,
        ...inputValue(call, received, hiding, ['messages', 'system']),
        ...invocationParameters(request, hiding, [
          'messages',
          'tools',
          ...(hidesSystem ? ['system'] : []),
        ]),
        ...describeInput(request['messages'], hiding),
        ...describeTools(request['tools'], hiding),
      }
    },
    ...describeAnswers(createMessagesFold, describe),
  }
}

function describeInput(messages: unknown, hiding: Hiding): Attributes {
  if (!showsInputs(hiding)) return {}
  const out: Out = {}
  readRecords(messages).forEach(({ role, content }, index) => {
    const at = `llm.input_messages.${index}.message`
    out[`${at}.role`] = readText(role)
    const text = readFilled(content)
    if (text !== undefined) out[`${at}.content`] = hideText(text, hiding.inputText)
    let calls = 0
    readRecords(content).forEach((block, place) => {
      const item = `${at}.contents.${place}.message_content`
      switch (block['type']) {
        case 'text':
          out[`${item}.type`] = 'text'
          out[`${item}.text`] = hideText(readText(block['text']) ?? '', hiding.inputText)
          break
        case 'image': {
          const url = imageUrl(readRecord(block['source']))
          if (url === undefined || hiding.inputImages) break
          out[`${item}.type`] = 'image'
          out[`${item}.image.image.url`] = redactImageUrl(url, hiding.maxImageLength)
          break
        }
        case 'tool_use':
          describeToolUse(block, `${at}.tool_calls.${calls++}.tool_call`, hiding.inputText, out)
          break
        case 'tool_result': {
          out[`${at}.tool_call_id`] ??= readText(block['tool_use_id'])
          const said = resultText(block['content'])
          if (said !== '') out[`${at}.content`] ??= hideText(said, hiding.inputText)
          break
        }
      }
    })
  })
  return out
}

function imageUrl(source: Json): string | undefined {
  if (source['type'] === 'url') return readFilled(source['url'])
  const data = readFilled(source['data'])
  return data === undefined ? undefined : `data:${String(source['media_type'])};base64,${data}`
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content
  return readRecords(content)
    .flatMap((part) => readFilled(part['text']) ?? [])
    .join('\n')
}

function describeToolUse(block: Json, at: string, hidden: boolean, out: Out): void {
  out[`${at}.id`] = readText(block['id'])
  out[`${at}.function.name`] = readText(block['name'])
  out[`${at}.function.arguments`] = hideText(writeJson(block['input'] ?? {}), hidden)
}

/** One message for each block. */
function describeOutput({ role, content }: Json, hiding: Hiding): Attributes {
  if (!showsOutputs(hiding)) return {}
  const out: Out = {}
  readRecords(content).forEach((block, index) => {
    const at = `llm.output_messages.${index}.message`
    out[`${at}.role`] = readText(role)
    if (block['type'] === 'text') {
      out[`${at}.content`] = hideText(readText(block['text']) ?? '', hiding.outputText)
    }
    if (block['type'] === 'tool_use') {
      describeToolUse(block, `${at}.tool_calls.0.tool_call`, hiding.outputText, out)
    }
  })
  return out
}
