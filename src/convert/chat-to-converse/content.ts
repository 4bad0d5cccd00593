// The parts of system, user and tool messages as Converse blocks. What has no form there is refused:
// nothing is lost in silence.
import type {
  ContentBlock,
  MediaBlock,
  SystemBlock,
  TextBlock,
} from '../../wire/bedrock/converse.ts'
import type { LoosePart, SystemMessage, UserMessage, UserPart } from '../../wire/openai/chat.ts'
import { isBlank } from '../is-blank.ts'
import { refusal } from '../refusal.ts'
import { withCachePoint } from './cache-points.ts'
import type { DocumentNames } from './document-names.ts'
import { convertAudio, convertAudioUrl, convertFile, convertImage, convertVideo } from './media.ts'

export function convertSystem(message: SystemMessage, where: string): SystemBlock[] {
  const { content, role } = message
  if (content === undefined || content === null) {
    throw refusal(`unexpected content type for ${role} message`, where)
  }
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }]
  return content.flatMap((part, index): readonly SystemBlock[] => {
    const text = readText(part, `a ${role} message`, `${where}.content[${index}]`)
    return isBlank(text) ? [] : withCachePoint({ text }, part.cache_control)
  })
}

export function convertUser(
  message: UserMessage,
  names: DocumentNames,
  where: string,
): ContentBlock[] {
  const { content } = message
  if (content === undefined || content === null) {
    throw refusal('unexpected content type for user message', where)
  }
  if (typeof content === 'string') return isBlank(content) ? [] : [{ text: content }]
  return content.flatMap((part, index): readonly ContentBlock[] => {
    const block = convertUserPart(part, names, `${where}.content[${index}]`)
    return block ? withCachePoint(block, part.cache_control) : []
  })
}

function convertUserPart(
  part: UserPart,
  names: DocumentNames,
  where: string,
): TextBlock | MediaBlock | undefined {
  switch (part.type) {
    case 'text':
      return isBlank(part.text ?? '') ? undefined : { text: part.text ?? '' }
    case 'image_url':
      return convertImage(part.image_url?.url ?? '', `${where}.image_url.url`)
    case 'video_url':
      return convertVideo(part.video_url?.url ?? '', `${where}.video_url.url`)
    case 'audio_url':
      return convertAudioUrl(part.audio_url?.url ?? '', `${where}.audio_url.url`)
    case 'input_audio': {
      const { data, format } = part.input_audio ?? {}
      return convertAudio(data ?? '', format ?? '', `${where}.input_audio`)
    }
    case 'file':
      return convertFile(part.file ?? {}, names, `${where}.file`)
  }
}

/** A result's part: mostly text, but tools show pictures and documents too. */
export function convertResultPart(
  part: LoosePart,
  names: DocumentNames,
  where: string,
): TextBlock | MediaBlock | undefined {
  if (part.type === 'image_url') {
    return convertImage(part.image_url?.url ?? '', `${where}.image_url.url`)
  }
  if (part.type === 'file') return convertFile(part.file ?? {}, names, `${where}.file`)
  const text = readText(part, 'a tool message', where)
  return isBlank(text) ? undefined : { text }
}

function readText(part: LoosePart, holder: string, where: string): string {
  if (typeof part.text === 'string') return part.text
  const { type } = part
  if (typeof type !== 'string' || type === 'text') return ''
  throw refusal(`a part of type ${type.slice(0, 64)} cannot stand in ${holder}`, where)
}
