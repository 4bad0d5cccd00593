// Images, sound, video and files as Gemini takes them: bytes, or an address that Google fetches.
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content#Part
import type { MediaPart } from '../../wire/gemini/generate-content.ts'
import type { FileLink } from '../../wire/openai/chat.ts'
import { toStandardBase64 } from '../base64.ts'
import { parseDataUrl } from '../data-url.ts'
import { refusal } from '../refusal.ts'

export type MediaKind = 'image' | 'audio' | 'video' | 'file'

/** By what names end in, lower case. */
const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['svg', 'image/svg+xml'],
  ['bmp', 'image/bmp'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['mp4', 'video/mp4'],
  ['m4v', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['mpeg', 'video/mpeg'],
  ['mpg', 'video/mpeg'],
  ['avi', 'video/avi'],
  ['wmv', 'video/wmv'],
  ['flv', 'video/x-flv'],
  ['3gp', 'video/3gpp'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['flac', 'audio/flac'],
  ['ogg', 'audio/ogg'],
  ['opus', 'audio/opus'],
  ['aac', 'audio/aac'],
  ['aiff', 'audio/aiff'],
  ['m4a', 'audio/m4a'],
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['css', 'text/css'],
  ['csv', 'text/csv'],
  ['xml', 'text/xml'],
  ['json', 'application/json'],
])

/** What an address that does not say stands for. */
const usualTypes: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  audio: 'audio/mpeg',
  video: 'video/mp4',
  file: 'application/pdf',
}

/** A `data:` URL, or any other address. */
export function convertLink(kind: MediaKind, url: string, where: string): MediaPart {
  if (url.slice(0, 5).toLowerCase() !== 'data:') {
    return { fileData: { fileUri: url, mimeType: typeOfAddress(kind, url, where) } }
  }
  const data = parseDataUrl(url)
  if (data === undefined) throw refusal(`invalid ${kind} data URI`, where)
  return inline(data.mediaType || usualTypes[kind], data.base64)
}

/** OpenAI's `input_audio`: bare base64, and the format beside it. */
export function convertAudio(data: string, format: string, where: string): MediaPart {
  const mimeType = mediaTypes.get(format.toLowerCase())
  if (!mimeType?.startsWith('audio/')) {
    throw refusal(`unsupported audio format ${format.slice(0, 64)}`, where)
  }
  const bytes = toStandardBase64(data)
  if (bytes === undefined) throw refusal('invalid audio data', where)
  return inline(mimeType, bytes)
}

/** Bytes as a `data:` URL, or as bare base64 with a name that says what they are; or an address as id. */
export function convertFile(file: FileLink, where: string): MediaPart {
  const { file_data: data, file_id: id, filename } = file
  if (!data) {
    if (id && /^[a-z][a-z\d+.-]*:\/\//i.test(id)) return convertLink('file', id, `${where}.file_id`)
    throw id
      ? refusal('Gemini cannot read a file of OpenAI: send file_data', `${where}.file_id`)
      : refusal('the file has no file_data', where)
  }
  const named = mediaTypes.get(extensionOf(filename ?? ''))
  const url = parseDataUrl(data)
  if (url !== undefined) return inline(url.mediaType || (named ?? usualTypes.file), url.base64)
  const bytes = toStandardBase64(data)
  if (bytes === undefined) throw refusal('invalid file data', `${where}.file_data`)
  return inline(named ?? usualTypes.file, bytes)
}

function inline(mimeType: string, data: string): MediaPart {
  return { inlineData: { mimeType, data } }
}

function typeOfAddress(kind: MediaKind, url: string, where: string): string {
  // Any text has a place below a base, but for a scheme that is cut off.
  const base = 'https://relative.invalid/'
  if (url.startsWith(':') || !URL.canParse(url, base)) throw refusal(`invalid ${kind} URL`, where)
  return mediaTypes.get(extensionOf(new URL(url, base).pathname)) ?? usualTypes[kind]
}

function extensionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  const dot = last.lastIndexOf('.')
  return dot < 0 ? '' : last.slice(dot + 1).toLowerCase()
}
