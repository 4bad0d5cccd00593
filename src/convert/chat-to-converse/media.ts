// Images, audio, video and documents as Converse takes them: a format, and bytes or an object in S3.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import type { MediaBlock, MediaSource } from '../../wire/bedrock/converse.ts'
import type { FileLink } from '../../wire/openai/chat.ts'
import { toStandardBase64 } from '../base64.ts'
import { parseDataUrl } from '../data-url.ts'
import { refusal } from '../refusal.ts'
import type { DocumentNames } from './document-names.ts'

type Kind = 'image' | 'audio' | 'video' | 'document'

/** Formats by media type; `byExtension` adds what names end in. */
const byMediaType: Readonly<Record<Kind, ReadonlyMap<string, string>>> = {
  image: new Map([
    ['image/png', 'png'],
    ['image/jpeg', 'jpeg'],
    ['image/jpg', 'jpeg'],
    ['image/gif', 'gif'],
    ['image/webp', 'webp'],
  ]),
  audio: new Map([
    ['audio/mpeg', 'mp3'],
    ['audio/mp3', 'mp3'],
    ['audio/wav', 'wav'],
    ['audio/wave', 'wav'],
    ['audio/x-wav', 'wav'],
    ['audio/vnd.wave', 'wav'],
    ['audio/ogg', 'ogg'],
    ['audio/opus', 'opus'],
    ['audio/aac', 'aac'],
    ['audio/x-aac', 'x-aac'],
    ['audio/flac', 'flac'],
    ['audio/mp4', 'mp4'],
    ['audio/m4a', 'm4a'],
    ['audio/x-m4a', 'm4a'],
    ['audio/webm', 'webm'],
    ['audio/x-matroska', 'mka'],
    ['audio/pcm', 'pcm'],
  ]),
  video: new Map([
    ['video/mp4', 'mp4'],
    ['video/quicktime', 'mov'],
    ['video/x-matroska', 'mkv'],
    ['video/webm', 'webm'],
    ['video/x-flv', 'flv'],
    ['video/mpeg', 'mpeg'],
    ['video/x-ms-wmv', 'wmv'],
    ['video/3gpp', 'three_gp'],
  ]),
  document: new Map([
    ['application/pdf', 'pdf'],
    ['text/csv', 'csv'],
    ['application/msword', 'doc'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
    ['application/vnd.ms-excel', 'xls'],
    ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
    ['text/html', 'html'],
    ['text/plain', 'txt'],
    ['text/markdown', 'md'],
    ['text/x-markdown', 'md'],
  ]),
}

const byExtension: Readonly<Record<Kind, ReadonlyMap<string, string>>> = {
  image: listExtensions(['png', 'jpeg', 'gif', 'webp'], { jpg: 'jpeg' }),
  audio: listExtensions(
    ['aac', 'flac', 'm4a', 'mka', 'mkv', 'mp3', 'mp4', 'mpeg', 'mpga', 'ogg', 'opus', 'pcm'].concat(
      ['wav', 'webm', 'x-aac'],
    ),
    {},
  ),
  video: listExtensions(['flv', 'mkv', 'mov', 'mp4', 'mpeg', 'mpg', 'webm', 'wmv', 'three_gp'], {
    '3gp': 'three_gp',
  }),
  document: listExtensions(['csv', 'doc', 'docx', 'html', 'md', 'pdf', 'txt', 'xls', 'xlsx'], {
    htm: 'html',
    markdown: 'md',
  }),
}

function listExtensions(
  formats: readonly string[],
  others: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  return new Map([...formats.map((format) => [format, format] as const), ...Object.entries(others)])
}

interface Media {
  readonly format: string
  readonly source: MediaSource
}

export function convertImage(url: string, where: string): MediaBlock {
  return { image: readMedia('image', url, where) }
}

export function convertVideo(url: string, where: string): MediaBlock {
  return { video: readMedia('video', url, where) }
}

export function convertAudioUrl(url: string, where: string): MediaBlock {
  return { audio: readMedia('audio', url, where) }
}

/** OpenAI's `input_audio`: bare base64, and the format beside it. */
export function convertAudio(data: string, format: string, where: string): MediaBlock {
  const known = byExtension.audio.get(format.toLowerCase())
  if (known === undefined) throw refusal(`unsupported audio format ${shorten(format)}`, where)
  const bytes = toStandardBase64(data)
  if (bytes === undefined) throw refusal('invalid audio data', where)
  return { audio: { format: known, source: { bytes } } }
}

/** The file's format is that of its media type, else that of its name. */
export function convertFile(file: FileLink, names: DocumentNames, where: string): MediaBlock {
  const data = file.file_data ?? ''
  if (data === '') {
    throw file.file_id
      ? refusal('AWS Bedrock cannot read a file by file_id: send file_data', `${where}.file_id`)
      : refusal('the file has no file_data', where)
  }
  const filename = file.filename ?? ''
  const { format, source } = readDocument(data, filename, `${where}.file_data`)
  return { document: { format, name: names.next(filename), source } }
}

function readDocument(data: string, filename: string, where: string): Media {
  const url = parseDataUrl(data)
  const format = url && byMediaType.document.get(url.mediaType)
  if (url && format) return { format, source: { bytes: url.base64 } }
  if (isS3(data)) return readS3('document', data, where)
  const bytes = url?.base64 ?? toStandardBase64(data)
  if (bytes === undefined) throw refusal('invalid file data', where)
  const named = byExtension.document.get(extensionOf(filename))
  if (named !== undefined) return { format: named, source: { bytes } }
  throw refusal(`unsupported document format ${shorten(url?.mediaType || filename)}`, where)
}

function readMedia(kind: Kind, url: string, where: string): Media {
  if (isS3(url)) return readS3(kind, url, where)
  const data = parseDataUrl(url)
  if (data === undefined) {
    throw refusal(`invalid ${kind} data URI: AWS Bedrock takes data: and s3:// URLs only`, where)
  }
  const format = byMediaType[kind].get(data.mediaType)
  if (format === undefined) {
    throw refusal(`unsupported ${kind} format ${shorten(data.mediaType)}`, where)
  }
  return { format, source: { bytes: data.base64 } }
}

function isS3(url: string): boolean {
  return url.slice(0, 5).toLowerCase() === 's3://'
}

function readS3(kind: Kind, uri: string, where: string): Media {
  const extension = extensionOf(uri)
  const format = byExtension[kind].get(extension)
  if (format === undefined) {
    throw refusal(`unsupported ${kind} format ${shorten(extension)}`, where)
  }
  return { format, source: { s3Location: { uri } } }
}

/** Lower case, without the dot; '' where there is none. */
function extensionOf(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  const dot = last.lastIndexOf('.')
  return dot < 0 ? '' : last.slice(dot + 1).toLowerCase()
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
