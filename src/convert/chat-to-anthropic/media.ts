// Images and documents as Claude takes them: base64, a URL, plain text, or an uploaded file.
// https://platform.claude.com/docs/en/build-with-claude/vision
// https://platform.claude.com/docs/en/build-with-claude/pdf-support
import { decodeBase64 } from '../../base64-bytes.ts'
import type { DocumentBlock, ImageBlock } from '../../wire/anthropic/messages.ts'
import type { FileLink } from '../../wire/openai/chat.ts'
import { toStandardBase64 } from '../base64.ts'
import { type DataUrl, parseDataUrl } from '../data-url.ts'
import { refusal } from '../refusal.ts'
import type { Platform } from './platform.ts'

/** What reading a file needs beside the file: it may have to switch a beta on. */
export interface MediaContext {
  readonly platform: Platform
  readonly betas: Set<string>
}

const filesBeta = 'files-api-2025-04-14'

const imageTypes: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/png', 'image/png'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
])

/** Many clients have no other part for a document than the one for images. */
export function convertImage(url: string, where: string): ImageBlock | DocumentBlock {
  if (url === '') throw refusal('the image has no URL', where)
  if (url.slice(0, 5).toLowerCase() === 'data:') {
    const data = parseDataUrl(url)
    if (data === undefined) throw refusal('invalid image data URI', where)
    const block = convertData(data)
    if (block) return block
    throw refusal(`invalid media_type for image '${data.mediaType.slice(0, 64)}'`, where)
  }
  const source = { type: 'url', url } as const
  return isPdf(url) ? { type: 'document', source } : { type: 'image', source }
}

function isPdf(url: string): boolean {
  const [path = ''] = url.split(/[?#]/, 1)
  return path.toLowerCase().endsWith('.pdf')
}

function convertData({ mediaType, base64 }: DataUrl): ImageBlock | DocumentBlock | undefined {
  const image = imageTypes.get(mediaType)
  if (image !== undefined) {
    return { type: 'image', source: { type: 'base64', media_type: image, data: base64 } }
  }
  if (mediaType !== 'application/pdf') return undefined
  return { type: 'document', source: { type: 'base64', media_type: mediaType, data: base64 } }
}

export function convertFile(
  file: FileLink,
  context: MediaContext,
  where: string,
): ImageBlock | DocumentBlock {
  const title = file.filename || undefined
  if (file.file_data) return { ...readFile(file.file_data, title, where), ...withTitle(title) }
  if (!file.file_id) throw refusal('the file has neither file_data nor file_id', where)
  if (!context.platform.files) {
    throw refusal(
      `${context.platform.provider} cannot read a file by file_id: send file_data`,
      `${where}.file_id`,
    )
  }
  context.betas.add(filesBeta)
  const source = { type: 'file', file_id: file.file_id } as const
  return { type: 'document', source, ...withTitle(title) }
}

function withTitle(title: string | undefined) {
  return title === undefined ? {} : { title }
}

/** The file's type is that of its media type, else that of its name. */
function readFile(fileData: string, filename: string | undefined, where: string): DocumentBlock {
  const at = `${where}.file_data`
  const data = parseDataUrl(fileData) ?? readBare(fileData)
  if (data === undefined) throw refusal('invalid file data', at)
  const mediaType = data.mediaType || typeOfName(filename ?? '')
  const block = convertData({ mediaType, base64: data.base64 })
  if (block?.type === 'document') return block
  const text = isText(mediaType) ? readText(data.base64) : undefined
  if (text !== undefined) {
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: text } }
  }
  throw refusal(`unsupported document format ${(mediaType || filename || '').slice(0, 100)}`, at)
}

function readBare(fileData: string): DataUrl | undefined {
  const base64 = toStandardBase64(fileData)
  return base64 === undefined ? undefined : { mediaType: '', base64 }
}

function typeOfName(filename: string): string {
  if (isPdf(filename)) return 'application/pdf'
  return /\.(?:txt|md|csv|json|xml|html?|ya?ml)$/i.test(filename) ? 'text/plain' : ''
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /^application\/(?:json|xml|ya?ml)$/.test(mediaType)
}

/** `undefined` where the bytes are no UTF-8. */
function readText(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64(base64))
  } catch {
    return undefined
  }
}
