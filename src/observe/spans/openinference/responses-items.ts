// Items of the Responses API as attributes: messages, calls of tools and what came of them.
// https://platform.openai.com/docs/api-reference/responses/create
import { readFilled, readRecords, readText, writeJson } from '../read.ts'
import type { Attributes, AttributeValue } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { redacted, redactImageUrl } from './redact-content.ts'
import { hideText, showsInputs, showsOutputs } from './values.ts'

type Json = Readonly<Record<string, unknown>>
type Out = Record<string, AttributeValue | undefined>

interface Writer {
  readonly out: Out
  readonly hidesText: boolean
  readonly hidesImages: boolean
  readonly maxImageLength: number
}

/** `llm.input_messages.N.…`: each item takes a number, whether or not it says anything. */
export function describeResponsesInput(request: Json, hiding: Hiding): Attributes {
  if (!showsInputs(hiding)) return {}
  const writer: Writer = {
    out: {},
    hidesText: hiding.inputText,
    hidesImages: hiding.inputImages,
    maxImageLength: hiding.maxImageLength,
  }
  const items: Json[] = []
  const { instructions, input } = request
  if (readFilled(instructions) !== undefined) items.push({ role: 'system', content: instructions })
  if (typeof input === 'string') items.push({ role: 'user', content: input })
  items.push(...readRecords(input))
  items.forEach((item, index) => {
    describeItem(item, `llm.input_messages.${index}`, writer)
  })
  return writer.out
}

/** `llm.output_messages.N.…` */
export function describeResponsesOutput(output: unknown, hiding: Hiding): Attributes {
  if (!showsOutputs(hiding)) return {}
  const writer: Writer = {
    out: {},
    hidesText: hiding.outputText,
    hidesImages: hiding.outputText,
    maxImageLength: hiding.maxImageLength,
  }
  readRecords(output).forEach((item, index) => {
    const at = `llm.output_messages.${index}`
    if (item['type'] === 'reasoning') describeSummary(item, at, writer)
    else describeItem(item, at, writer)
  })
  return writer.out
}

function describeItem(item: Json, at: string, writer: Writer): void {
  const type = item['type'] ?? 'message'
  if (type === 'message') {
    describeMessage(item, at, writer)
    return
  }
  if (type === 'reasoning') {
    writer.out[`${at}.message.role`] = 'assistant'
    describeSummary(item, at, writer)
    return
  }
  const output = outputOf(String(type), item)
  if (output !== undefined) {
    const id = readText(item['call_id'])
    writer.out[`${at}.message.role`] = 'tool'
    // The first is what instrumentations have sent so far, the second what the specification says.
    writer.out[`${at}.tool_call.id`] = id
    writer.out[`${at}.message.tool_call_id`] = id
    writer.out[`${at}.message.content`] = hideText(output, writer.hidesText)
    return
  }
  const call = readCall(String(type), item)
  if (call === undefined) return
  writer.out[`${at}.message.role`] = 'assistant'
  const own = `${at}.message.tool_calls.0`
  if (type === 'computer_call') writer.out[`${own}.message.role`] = 'tool'
  writer.out[`${own}.tool_call.id`] = call.id && hideText(call.id, writer.hidesText)
  writer.out[`${own}.tool_call.function.name`] = call.name && hideText(call.name, writer.hidesText)
  writer.out[`${own}.tool_call.function.arguments`] =
    call.args && hideText(call.args, writer.hidesText)
}

function describeMessage(item: Json, at: string, writer: Writer): void {
  const { role, content } = item
  const { out, hidesText, hidesImages, maxImageLength } = writer
  out[`${at}.message.role`] = readText(role)
  const text = readFilled(content)
  if (text !== undefined) out[`${at}.message.content`] = hideText(text, hidesText)
  readRecords(content).forEach((part, index) => {
    const own = `${at}.message.contents.${index}.message_content`
    const said = textParts[String(part['type'])]
    if (said !== undefined) {
      out[`${own}.type`] = 'text'
      out[`${own}.text`] = hideText(readText(part[said]) ?? '', hidesText)
    }
    const url = readFilled(part['image_url'])
    if (part['type'] === 'input_image' && url !== undefined) {
      out[`${own}.type`] = 'image'
      out[`${own}.image.image.url`] = hidesImages ? redacted : redactImageUrl(url, maxImageLength)
    }
  })
}

/** Parts that are text, and the member that holds it. */
const textParts: Readonly<Record<string, string>> = {
  input_text: 'text',
  output_text: 'text',
  text: 'text',
  refusal: 'refusal',
}

function describeSummary(item: Json, at: string, writer: Writer): void {
  readRecords(item['summary']).forEach((part, index) => {
    const own = `${at}.message.contents.${index}.message_content`
    writer.out[`${own}.type`] = 'text'
    writer.out[`${own}.text`] = hideText(readText(part['text']) ?? '', writer.hidesText)
  })
}

/** What came of a call, as text. */
function outputOf(type: string, { output }: Json): string | undefined {
  if (!type.endsWith('_call_output')) return undefined
  return typeof output === 'string' ? output : writeJson(output)
}

interface ToolCall {
  readonly id: string | undefined
  readonly name?: string | undefined
  readonly args?: string | undefined
}

function readCall(type: string, item: Json): ToolCall | undefined {
  const id = readText(item['id'])
  switch (type) {
    case 'function_call':
      return {
        id: readText(item['call_id']),
        name: readText(item['name']),
        args: readText(item['arguments']),
      }
    case 'custom_tool_call':
      return {
        id: readText(item['call_id']),
        name: readText(item['name']),
        args: writeJson({ input: readText(item['input']) ?? '' }),
      }
    case 'file_search_call':
    case 'web_search_call':
      return { id, name: type }
    case 'computer_call':
      return { id: readText(item['call_id']) }
    case 'mcp_call':
      return { id, name: readText(item['name']), args: readText(item['arguments']) }
    case 'code_interpreter_call':
      return { id, name: type, args: writeJson({ code: item['code'] }) }
    case 'image_generation_call':
      return { id, name: type }
    case 'local_shell_call':
    case 'shell_call':
      return { id: readText(item['call_id']), name: type, args: writeJson(item['action']) }
    case 'apply_patch_call':
      return { id: readText(item['call_id']), name: type, args: writeJson(item['operation']) }
    default:
      return undefined
  }
}
