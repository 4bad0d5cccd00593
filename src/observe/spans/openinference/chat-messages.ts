// Messages of the chat dialect as attributes.
import { readFilled, readRecord, readRecords, readText } from '../read.ts'
import type { Attributes, AttributesOut as Out } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { redactImageUrl } from './redact-content.ts'
import { hideText, showsInputs, showsOutputs } from './values.ts'

/** `llm.input_messages.N.…` Adds to `out`. */
export function describeChatInput(messages: unknown, hiding: Hiding, out: Out = {}): Attributes {
  if (!showsInputs(hiding)) return out
  readRecords(messages).forEach((message, index) => {
    const names = inputNames(index)
    out[names.role] = readText(message['role'])
    describeContent(message['content'], names, hiding, out)
    out[names.toolCallId] = readFilled(message['tool_call_id'])
    describeToolCalls(message['tool_calls'], names.at, hiding.inputText, out)
  })
  return out
}

interface MessageNames {
  readonly at: string
  readonly role: string
  readonly content: string
  readonly toolCallId: string
}

const maxRemembered = 100
const inputNames = rememberNames('llm.input_messages')
const outputNames = rememberNames('llm.output_messages')

/** Names by the place of a message: the first ones are put together once, not for each span. */
function rememberNames(list: string): (index: number) => MessageNames {
  const known: MessageNames[] = []
  return (index) => {
    const found = known[index]
    if (found !== undefined) return found
    const at = `${list}.${index}.message`
    const names: MessageNames = {
      at,
      role: `${at}.role`,
      content: `${at}.content`,
      toolCallId: `${at}.tool_call_id`,
    }
    if (index === known.length && index < maxRemembered) known.push(names)
    return names
  }
}

function describeContent(content: unknown, names: MessageNames, hiding: Hiding, out: Out): void {
  const text = readFilled(content)
  if (text !== undefined) out[names.content] = hideText(text, hiding.inputText)
  readRecords(content).forEach((part, index) => {
    const item = `${names.at}.contents.${index}.message_content`
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

/** `llm.output_messages.N.…`, N being the place in the list. Adds to `out`. */
export function describeChatOutput(choices: unknown, hiding: Hiding, out: Out = {}): Attributes {
  if (!showsOutputs(hiding)) return out
  readRecords(choices).forEach((choice, index) => {
    const names = outputNames(index)
    const message = readRecord(choice['message'])
    out[names.role] = readText(message['role'])
    const text = readFilled(message['content'])
    if (text !== undefined) out[names.content] = hideText(text, hiding.outputText)
    describeToolCalls(message['tool_calls'], names.at, hiding.outputText, out)
  })
  return out
}
