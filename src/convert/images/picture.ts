// Pictures that come with a request: bytes, or where Google finds them.
import { encodeBase64 } from '../../base64-bytes.ts'
import { isRecord } from '../../json/is-record.ts'
import { parseDataUrl } from '../data-url.ts'
import { refusal } from '../refusal.ts'
import { sniffMediaType } from '../sniff-media-type.ts'

export type Picture =
  | {
      /** The path to the field, for messages. */
      readonly where: string
      readonly kind: 'bytes'
      readonly mediaType: string
      readonly base64: string
    }
  | { readonly where: string; readonly kind: 'link'; readonly url: string }

/** A file of a form. Throws a `GatewayError` (`invalid-request`) for what is no picture. */
export function readPictureFile(bytes: Uint8Array, where: string): Picture {
  const mediaType = sniffMediaType(bytes)
  if (!mediaType.startsWith('image/')) throw refusal('the file is no known kind of image', where)
  return { where, kind: 'bytes', mediaType, base64: encodeBase64(bytes) }
}

/** `{image_url}` of a JSON request. Throws a `GatewayError` (`invalid-request`). */
export function readPictureReference(reference: unknown, where: string): Picture {
  if (!isRecord(reference)) throw refusal('expected an object with an image_url', where)
  const { image_url: url, file_id: id } = reference
  if (typeof url === 'string' && url !== '') return readPictureUrl(url, `${where}.image_url`)
  throw id === undefined || id === null
    ? refusal('the image has no image_url', `${where}.image_url`)
    : refusal('Google cannot read a file of OpenAI: send image_url', `${where}.file_id`)
}

function readPictureUrl(url: string, where: string): Picture {
  if (url.slice(0, 5).toLowerCase() !== 'data:') return { where, kind: 'link', url }
  const data = parseDataUrl(url)
  if (!data?.mediaType.startsWith('image/')) throw refusal('invalid image data URI', where)
  return { where, kind: 'bytes', ...data }
}
