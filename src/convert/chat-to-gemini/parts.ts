// The parts of a candidate, whole or in one event of a stream, as an assistant says them.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content#Part
import { isRecord } from '../../json/is-record.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import { readText } from '../../json/read-text.ts'
import type { AnswerImage, ThinkingBlock, ToolCall } from '../../wire/openai/chat.ts'

/** What a candidate, or an event of it, says. Lists are absent where they would be empty. */
export interface Said {
  readonly content: string
  readonly reasoning: string
  readonly calls: ToolCall[] | undefined
  /** One for each signature; those of calls first, since a call must come back with its own. */
  readonly thinking: ThinkingBlock[] | undefined
  readonly images: AnswerImage['image_url'][] | undefined
  /** Base64. */
  readonly audio: string | undefined
}

export interface PartsSource {
  /** The JSON text of the candidate's parts, for arguments as they are spelt. */
  readonly raw: () => string | undefined
  readonly uuid: () => string
}

export function readParts(parts: readonly unknown[], source: PartsSource): Said {
  let content = ''
  let reasoning = ''
  /** Thoughts that no signature has been given for. */
  let summary = ''
  let audio: string | undefined
  let calls: ToolCall[] | undefined
  let images: AnswerImage['image_url'][] | undefined
  let ofCalls: ThinkingBlock[] | undefined
  let ofTexts: ThinkingBlock[] | undefined
  let rawParts: string[] | undefined

  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]
    if (!isRecord(part)) continue
    const { text, functionCall, inlineData } = part
    const signature = readText(part.thoughtSignature)
    if (isRecord(functionCall)) {
      rawParts ??= readElements(source.raw())
      calls ??= []
      calls.push(convertCall(functionCall, rawParts[index], signature, source.uuid))
      if (signature !== '') {
        ofCalls ??= []
        ofCalls.push({ type: 'thinking', signature })
      }
      continue
    }
    if (isRecord(inlineData)) {
      const type = readText(inlineData.mimeType)
      const data = readText(inlineData.data)
      if (type.startsWith('image/')) {
        images ??= []
        images.push({ url: `data:${type};base64,${data}` })
      } else if (type.startsWith('audio/')) audio = (audio ?? '') + data
    } else if (typeof text === 'string') {
      if (part.thought === true) {
        reasoning += text
        summary += text
      } else content += text
    }
    if (signature === '') continue
    const thinking = summary === '' ? {} : { thinking: summary }
    summary = ''
    ofTexts ??= []
    ofTexts.push({ type: 'thinking', ...thinking, signature })
  }
  const thinking = ofCalls && ofTexts ? [...ofCalls, ...ofTexts] : (ofCalls ?? ofTexts)
  return { content, reasoning, calls, thinking, images, audio }
}

function convertCall(
  call: Readonly<Record<string, unknown>>,
  rawPart: string | undefined,
  signature: string,
  uuid: () => string,
): ToolCall {
  const raw = readMember(readMember(rawPart, 'functionCall'), 'args')
  const args = raw ?? JSON.stringify(call.args ?? null)
  return {
    id: readText(call.id) || `call_${uuid().replaceAll('-', '')}`,
    ...(signature === '' ? {} : { extra_content: { google: { thought_signature: signature } } }),
    function: { arguments: args === 'null' ? '{}' : args, name: readText(call.name) },
    type: 'function',
  }
}

/** The JSON text of the parts of a candidate, out of that of the whole answer or event. */
export function readRawParts(text: string, candidate: number): string | undefined {
  const candidates = readElements(readMember(text, 'candidates'))
  return readMember(readMember(candidates[candidate], 'content'), 'parts')
}

/** The parts of a candidate; none where it has no content. */
export function listParts(candidate: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { content } = candidate
  return isRecord(content) && Array.isArray(content.parts) ? content.parts : []
}
