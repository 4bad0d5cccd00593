// The parts of system, user and tool messages as Anthropic's blocks. What has no form there is refused:
// nothing is lost in silence.
import type { DocumentBlock, ImageBlock, TextBlock } from '../../wire/anthropic/messages.ts'
import type { LoosePart, SystemMessage, UserMessage, UserPart } from '../../wire/openai/chat.ts'
import { readCacheControl } from '../cache-control.ts'
import { isBlank } from '../is-blank.ts'
import { refusal } from '../refusal.ts'
import { convertFile, convertImage, type MediaContext } from './media.ts'

type PartBlock = TextBlock | ImageBlock | DocumentBlock

export function convertSystem(message: SystemMessage, where: string): TextBlock[] {
  const { content, role } = message
  if (content === undefined || content === null) {
    throw refusal(`unexpected content type for ${role} message`, where)
  }
  if (typeof content === 'string') return isBlank(content) ? [] : [{ type: 'text', text: content }]
  return content.flatMap((part, index): TextBlock[] => {
    const text = readText(part, `a ${role} message`, `${where}.content[${index}]`)
    if (isBlank(text)) return []
    return [{ type: 'text', text, cache_control: readCacheControl(part.cache_control) }]
  })
}

export function convertUser(
  message: UserMessage,
  context: MediaContext,
  where: string,
): PartBlock[] {
  const { content } = message
  if (content === undefined || content === null) {
    throw refusal('unexpected content type for user message', where)
  }
  if (typeof content === 'string') return isBlank(content) ? [] : [{ type: 'text', text: content }]
  return content.flatMap((part, index): PartBlock[] => {
    const block = convertUserPart(part, context, `${where}.content[${index}]`)
    const marker = readCacheControl(part.cache_control)
    if (block === undefined) return []
    return [marker === undefined ? block : { ...block, cache_control: marker }]
  })
}

function convertUserPart(
  part: UserPart,
  context: MediaContext,
  where: string,
): PartBlock | undefined {
  switch (part.type) {
    case 'text':
      return isBlank(part.text ?? '') ? undefined : { type: 'text', text: part.text ?? '' }
    case 'image_url':
      return convertImage(part.image_url?.url ?? '', `${where}.image_url.url`)
    case 'file':
      return convertFile(part.file ?? {}, context, `${where}.file`)
    case 'input_audio':
      throw refusal('input audio content not supported yet: Claude does not hear', where)
    case 'audio_url':
    case 'video_url':
      throw refusal(
        `${part.type} content not supported yet: Claude takes text, images and documents`,
        where,
      )
  }
}

/** A result's part: mostly text, but tools show pictures and documents too. Without markers of its own. */
export function convertResultPart(
  part: LoosePart,
  context: MediaContext,
  where: string,
): PartBlock | undefined {
  if (part.type === 'image_url') {
    return convertImage(part.image_url?.url ?? '', `${where}.image_url.url`)
  }
  if (part.type === 'file') return convertFile(part.file ?? {}, context, `${where}.file`)
  const text = readText(part, 'a tool message', where)
  return isBlank(text) ? undefined : { type: 'text', text }
}

function readText(part: LoosePart, holder: string, where: string): string {
  if (typeof part.text === 'string') return part.text
  const { type } = part
  if (typeof type !== 'string' || type === 'text') return ''
  throw refusal(`a part of type ${type.slice(0, 64)} cannot stand in ${holder}`, where)
}
