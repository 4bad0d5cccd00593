// Data URLs as chat clients write them: `data:<media type>[;parameters][;base64],<data>`
// (https://www.rfc-editor.org/rfc/rfc2397). Whole base64 counts as such even where that is not said.
import { decodeBase64, encodeBase64 } from '../base64-bytes.ts'
import { toStandardBase64 } from './base64.ts'
import { sniffMediaType } from './sniff-media-type.ts'

export interface DataUrl {
  /** Lower case, without parameters; by the first bytes where the URL has none, '' where they say nothing. */
  readonly mediaType: string
  /** Standard alphabet, padded. */
  readonly base64: string
}

/** `undefined` for what is no data URL, or one whose payload is broken. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(',')
  if (comma < 0 || url.slice(0, 5).toLowerCase() !== 'data:') return undefined
  const [type = '', ...parameters] = url.slice(5, comma).split(';')
  const payload = url.slice(comma + 1)
  const isBase64 = parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64')
  const base64 = isBase64 ? readBase64(payload) : (readWholeBase64(payload) ?? readText(payload))
  if (base64 === undefined) return undefined
  const mediaType = type.trim().toLowerCase()
  return {
    mediaType: mediaType === '' ? sniff(base64) : (otherNames.get(mediaType) ?? mediaType),
    base64,
  }
}

const otherNames: ReadonlyMap<string, string> = new Map([['image/jpg', 'image/jpeg']])

function readBase64(payload: string): string | undefined {
  // Most payloads need no cleaning, and they may be long.
  return toStandardBase64(payload) ?? toStandardBase64(decodePercent(payload).replace(/\s+/g, ''))
}

/** Without the word `base64`, only what is padded to the end is taken for it. */
function readWholeBase64(payload: string): string | undefined {
  return payload.length % 4 === 0 ? toStandardBase64(payload) : undefined
}

function readText(payload: string): string {
  return encodeBase64(new TextEncoder().encode(decodePercent(payload)))
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** How much of the payload holds every first byte that is looked for. */
const sniffLength = 24

function sniff(base64: string): string {
  const bytes = decodeBase64(base64.slice(0, sniffLength))
  return bytes === undefined ? '' : sniffMediaType(bytes)
}
