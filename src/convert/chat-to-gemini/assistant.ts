// An assistant message as Gemini's parts: thoughts and text as they stand, then the calls. Gemini 3 rejects a
// first call without the signature of the thinking before it.
// https://cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures
import { isRecord } from '../../json/is-record.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import { readText } from '../../json/read-text.ts'
import type { GeminiPart } from '../../wire/gemini/generate-content.ts'
import type { AssistantMessage, AssistantPart, RequestToolCall } from '../../wire/openai/chat.ts'
import { toStandardBase64 } from '../base64.ts'
import { refusal } from '../refusal.ts'
import { readToolArguments } from '../tool-arguments.ts'
import type { GeminiModel } from './model-gates.ts'

/** `skip_thought_signature_validator`, which Google accepts where the true signature is not known. */
const noSignature = 'c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I='

export interface AssistantContext {
  readonly model: GeminiModel
  /** Receives the names of the functions that are called, by the id of the call. */
  readonly names: Map<string, string>
}

/** Empty where the message says nothing: it is then left out. */
export function convertAssistant(
  message: AssistantMessage,
  { model, names }: AssistantContext,
  where: string,
): GeminiPart[] {
  const calls = message.tool_calls ?? []
  const content = listParts(message.content)
  const noted = content.find((part) => part.type === 'thinking' && part.signature)?.signature
  const blocked = message.thinking_blocks?.find((block) => block.signature)?.signature
  const said = content.flatMap((part, index) => {
    const signed = calls.length === 0 ? 'with-signature' : 'without-signature'
    return convertPart(part, signed, `${where}.content[${index}]`) ?? []
  })
  if (calls.length === 0) return noted ? said : signLastText(said, readSignature(blocked))
  const signature =
    readSignature(noted) ??
    readSignature(blocked) ??
    (model.needsSignatures ? noSignature : undefined)
  const called = calls.map((call, index) => {
    const at = `${where}.tool_calls[${index}]`
    if (!call.id) throw refusal(`tool_call at index ${index} is missing required field 'id'`, at)
    const part = convertCall(call, index === 0 ? signature : undefined, at)
    names.set(call.id, part.functionCall.name)
    return part
  })
  return [...said, ...called]
}

function listParts(content: AssistantMessage['content']): readonly AssistantPart[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  // `Array.isArray` does not narrow read-only arrays.
  return [content].flat()
}

function convertPart(
  part: AssistantPart,
  signed: 'with-signature' | 'without-signature',
  where: string,
): GeminiPart | undefined {
  const type = part.type ?? 'text'
  switch (type) {
    case 'text':
      return part.text ? { text: part.text } : undefined
    case 'thinking': {
      const text = part.text || part.thinking
      if (!text) return undefined
      const thoughtSignature =
        signed === 'with-signature' ? readSignature(part.signature) : undefined
      return { text, thought: true, thoughtSignature }
    }
    case 'refusal':
    // Other vendors' thinking, which nobody but they can read.
    case 'redacted_thinking':
      return undefined
    default:
      throw refusal(`unsupported content type in assistant message: ${type.slice(0, 64)}`, where)
  }
}

/** A signature that comes apart belongs to what was said last. */
function signLastText(parts: readonly GeminiPart[], signature: string | undefined): GeminiPart[] {
  const last = parts.findLastIndex((part) => 'text' in part && !part.thought)
  if (signature === undefined) return [...parts]
  return parts.map((part, index) =>
    index === last ? { ...part, thoughtSignature: signature } : part,
  )
}

function convertCall(call: RequestToolCall, signature: string | undefined, where: string) {
  const name = call.function?.name
  if (!name) throw refusal('the tool call names no function', where)
  const args = readToolArguments(call.function?.arguments ?? '', `${where}.function.arguments`)
  return {
    functionCall: { name, args: /^\{\s*\}$/.test(stringifyJson(args)) ? undefined : args },
    thoughtSignature: readOwnSignature(call) ?? signature,
  }
}

/** Where Google's own OpenAI-compatible API puts it: `extra_content.google.thought_signature`. */
function readOwnSignature({ extra_content: extra }: RequestToolCall): string | undefined {
  const google = isRecord(extra) ? extra.google : undefined
  return isRecord(google) ? readSignature(readText(google.thought_signature)) : undefined
}

/** What is no base64 cannot be a signature of Google's, but maybe another vendor's. */
function readSignature(text: string | null | undefined): string | undefined {
  return text ? toStandardBase64(text) : undefined
}
