// Messages of the chat dialect as attributes.
import { readFilled, readRecord, readRecords, readText } from '../read.ts'
import type { Attributes, AttributeValue } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { redactImageUrl } from './redact-content.ts'
import { hideText, showsInputs, showsOutputs } from './values.ts'

type Out = Record<string, AttributeValue | undefined>

/** `llm.input_messages.N.…` */
export function describeChatInput(messages: unknown, hiding: Hiding): Attributes {
  if (!showsInputs(hiding)) return {}
  const out: Out = {}
  readRecords(messages).forEach((message, index) => {
    const at = `llm.input_messages.${index}.message`
    out[`${at}.role`] = readText(message['role'])
    describeContent(message['content'], at, hiding, out)
    out[`${at}.tool_call_id`] = readFilled(message['tool_call_id'])
    describeToolCalls(message['tool_calls'], at, hiding.inputText, out)
  })
  return out
}

function describeContent(content: unknown, at: string, hiding: Hiding, out: Out): void {
  const text = readFilled(content)
  if (text !== undefined) out[`${at}.content`] = hideText(text, hiding.inputText)
  readRecords(content).forEach((part, index) => {
    const item = `${at}.contents.${index}.message_content`
    if (part['type'] === 'text') {
      out[`${item}.type`] = 'text'
      out[`${item}.text`] = hideText(readText(part['text']) ?? '', hiding.inputText)
    }
    const url = readFilled(readRecord(part['image_url'])['url'])
    if (part['type'] === 'image_url' && url !== undefined && !hiding.inputImages) {
      out[`${item}.type`] = 'image'
      out[`${item}.image.image.url`] = redactImageUrl(url, hiding.maxImageLength)
    }
  })
}

function describeToolCalls(calls: unknown, at: string, hidden: boolean, out: Out): void {
  readRecords(calls).forEach((call, index) => {
    const item = `${at}.tool_calls.${index}.tool_call`
    const { name, arguments: args } = readRecord(call['function'])
    out[`${item}.id`] = readText(call['id'])
    out[`${item}.function.name`] = readText(name)
    const text = readText(args)
    out[`${item}.function.arguments`] = text === undefined ? text : hideText(text, hidden)
  })
}

/** `llm.output_messages.N.…`, N being the place in the list. */
export function describeChatOutput(choices: unknown, hiding: Hiding): Attributes {
  if (!showsOutputs(hiding)) return {}
  const out: Out = {}
  readRecords(choices).forEach((choice, index) => {
    const at = `llm.output_messages.${index}.message`
    const message = readRecord(choice['message'])
    out[`${at}.role`] = readText(message['role'])
    const text = readFilled(message['content'])
    if (text !== undefined) out[`${at}.content`] = hideText(text, hiding.outputText)
    describeToolCalls(message['tool_calls'], at, hiding.outputText, out)
  })
  return out
}
