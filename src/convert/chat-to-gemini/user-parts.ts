// What users and tools say, as Gemini's parts.
import type { GeminiPart, MediaPart } from '../../wire/gemini/generate-content.ts'
import type {
  ChatMessage,
  Link,
  SystemMessage,
  ToolMessage,
  UserMessage,
  UserPart,
} from '../../wire/openai/chat.ts'
import { refusal } from '../refusal.ts'
import { convertAudio, convertFile, convertLink } from './media.ts'
import type { GeminiModel } from './model-gates.ts'

export function convertSystem(message: SystemMessage, where: string): GeminiPart[] {
  const content = contentOf(message, where)
  const texts = typeof content === 'string' ? [content] : content.map((part) => part.text ?? '')
  return texts.filter((text) => text !== '').map((text) => ({ text }))
}

export function convertUser(message: UserMessage, model: GeminiModel, where: string): GeminiPart[] {
  const content = contentOf(message, where)
  if (typeof content === 'string') return content === '' ? [] : [{ text: content }]
  return content.flatMap((part, index) => {
    return convertPart(part, model, `${where}.content[${index}]`) ?? []
  })
}

/** `undefined` for a part without content. */
function convertPart(part: UserPart, model: GeminiModel, where: string): GeminiPart | undefined {
  switch (part.type) {
    case 'text':
      return part.text ? { text: part.text } : undefined
    case 'image_url':
      return convertImage(part.image_url, model, `${where}.image_url`)
    case 'audio_url':
      return convertUrl('audio', part.audio_url, `${where}.audio_url`)
    case 'video_url':
      return convertUrl('video', part.video_url, `${where}.video_url`)
    case 'input_audio': {
      const { data, format } = part.input_audio ?? {}
      return convertAudio(data ?? '', format ?? '', `${where}.input_audio`)
    }
    case 'file':
      return convertFile(part.file ?? {}, `${where}.file`)
  }
}

function convertUrl(
  kind: 'image' | 'audio' | 'video',
  link: Link | null | undefined,
  where: string,
): MediaPart | undefined {
  const url = link?.url ?? ''
  return url === '' ? undefined : convertLink(kind, url, `${where}.url`)
}

const resolutions: ReadonlyMap<string, string> = new Map([
  ['low', 'MEDIA_RESOLUTION_LOW'],
  ['medium', 'MEDIA_RESOLUTION_MEDIUM'],
  ['high', 'MEDIA_RESOLUTION_HIGH'],
])

function convertImage(
  link: Link | null | undefined,
  model: GeminiModel,
  where: string,
): MediaPart | undefined {
  const part = convertUrl('image', link, where)
  const detail = link?.detail
  if (part === undefined || !model.takesMediaResolution || !detail || detail === 'auto') return part
  const level = resolutions.get(detail)
  if (level === undefined) throw refusal('invalid detail', `${where}.detail`)
  return { ...part, mediaResolution: { level } }
}

/** The function's answer, and the pictures and files that it shows beside its text. */
export function convertResult(
  message: ToolMessage,
  names: ReadonlyMap<string, string>,
  where: string,
): GeminiPart[] {
  const content = contentOf(message, where)
  const id = message.tool_call_id ?? ''
  const name = names.get(id)
  if (name === undefined) {
    throw refusal(
      `no assistant message before calls a tool with the id '${id.slice(0, 64)}'`,
      `${where}.tool_call_id`,
    )
  }
  const parts = typeof content === 'string' ? [] : content
  const media = parts.flatMap((part, index) => {
    const at = `${where}.content[${index}]`
    if (part.type === 'image_url')
      return convertUrl('image', part.image_url, `${at}.image_url`) ?? []
    return part.type === 'file' ? convertFile(part.file ?? {}, `${at}.file`) : []
  })
  const output =
    typeof content === 'string' ? content : parts.map((part) => part.text ?? '').join('')
  return [{ functionResponse: { name, response: { output } } }, ...media]
}

function contentOf<Message extends Exclude<ChatMessage, { role: 'assistant' }>>(
  message: Message,
  where: string,
): NonNullable<Message['content']> {
  const { content } = message
  if (content === undefined || content === null) {
    throw refusal("message 'content' must be a string or an array", where)
  }
  return content
}
