// `input.value` and `output.value`, and the parameters of a call: what every endpoint's span has. Each adds to `out`, so
// that the hottest endpoint need not put one record together out of many.
import type { Call, RawBody } from '../../../endpoints/endpoint.ts'
import { isRecord } from '../../../json/is-record.ts'
import type { SeenReply } from '../../observer.ts'
import { readRecord, readReply, writeJson } from '../read.ts'
import type { Attributes, AttributesOut } from '../span-set.ts'
import type { Hiding } from './hiding.ts'
import { mayHoldLongImage, redactContent, redacted } from './redact-content.ts'

const json = 'application/json'

/** The body as the client sent it, or a copy without what is hidden. `keys`: members that hold content. */
export function inputValue(
  call: Call,
  received: RawBody,
  hiding: Hiding,
  keys: readonly string[],
  out: AttributesOut = {},
): Attributes {
  if (hiding.inputs) {
    out['input.value'] = redacted
    return out
  }
  const text = received.text()
  const hidesText = hiding.inputText || hiding.inputMessages
  const hidesImages = hiding.inputImages || hiding.inputMessages
  const partly = hidesText || hidesImages || mayHoldLongImage(text, hiding.maxImageLength)
  const rule = { text: hidesText, images: hidesImages, maxImageLength: hiding.maxImageLength }
  out['input.value'] = partly ? writeJson(redactContent(parse(text, call), keys, rule)) : text
  out['input.mime_type'] = json
  return out
}

// Not the call's own request: that may ask for more than the client did.
function parse(text: string, call: Call): Readonly<Record<string, unknown>> {
  try {
    return readRecord(JSON.parse(text))
  } catch {
    return readRecord(call.request)
  }
}

/** An answer's text, or a copy without what is hidden. */
export function outputValue(
  text: string,
  value: Readonly<Record<string, unknown>>,
  hiding: Hiding,
  keys: readonly string[],
  out: AttributesOut = {},
): Attributes {
  if (hiding.outputs) {
    out['output.value'] = redacted
    return out
  }
  const hides = hiding.outputText || hiding.outputMessages
  const partly = hides || mayHoldLongImage(text, hiding.maxImageLength)
  const rule = { text: hides, images: false, maxImageLength: hiding.maxImageLength }
  out['output.value'] = partly ? writeJson(redactContent(value, keys, rule)) : text
  out['output.mime_type'] = json
  return out
}

export const replyValue = (reply: SeenReply, hiding: Hiding, keys: readonly string[]): Attributes =>
  outputValue(reply.text(), readReply(reply), hiding, keys)

/** The request without its content, as JSON. */
export function invocationParameters(
  request: unknown,
  hiding: Hiding,
  without: readonly string[],
  name = 'llm.invocation_parameters',
): Attributes {
  if (hiding.invocationParameters || !isRecord(request)) return {}
  // What is undefined is not written; to delete it would cost more.
  const kept: Record<string, unknown> = { ...request }
  for (const key of without) if (key in kept) kept[key] = undefined
  return { [name]: writeJson(kept) }
}

/** Whether the messages of a request may be shown at all. */
export const showsInputs = (hiding: Hiding) => !hiding.inputs && !hiding.inputMessages
export const showsOutputs = (hiding: Hiding) => !hiding.outputs && !hiding.outputMessages

export const hideText = (text: string, hidden: boolean) => (hidden ? redacted : text)

/** `llm.tools.N.tool.json_schema`: definitions can say as much as a prompt. */
export function describeTools(tools: unknown, hiding: Hiding, out: AttributesOut = {}): Attributes {
  if (hiding.inputs || !Array.isArray(tools)) return out
  tools.forEach((tool, index) => {
    out[`llm.tools.${index}.tool.json_schema`] = writeJson(tool)
  })
  return out
}
