// Data URLs as chat clients write them: `data:<media type>[;parameters][;base64],<payload>`
// (https://www.rfc-editor.org/rfc/rfc2397). The payload may be base64 even where that is not said.
import { encodeBase64 } from '../base64-bytes.ts'
import { toStandardBase64 } from './base64.ts'

export interface DataUrl {
  /** Lower case, without parameters; maybe ''. */
  readonly mediaType: string
  /** Standard alphabet, padded. */
  readonly base64: string
}

/** `undefined` for what is no data URL, or one whose payload cannot be read. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(',')
  if (comma < 0 || url.slice(0, 5).toLowerCase() !== 'data:') return undefined
  const [mediaType = '', ...parameters] = url
    .slice(5, comma)
    .split(';')
    .map((part) => part.trim().toLowerCase())
  const base64 = readPayload(url.slice(comma + 1), parameters.includes('base64'))
  if (base64 === undefined) return undefined
  return { mediaType: mediaType || sniffMediaType(base64), base64 }
}

function readPayload(payload: string, isBase64: boolean): string | undefined {
  const standard = toStandardBase64(payload)
  if (standard !== undefined) return standard
  const text = decodePercent(payload)
  if (text === undefined) return undefined
  // Encoders break lines, and some clients escape `+`, `/` and `=`.
  return isBase64
    ? toStandardBase64(text.replace(/\s+/g, ''))
    : encodeBase64(new TextEncoder().encode(text))
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The first bytes of each format, in base64. */
const signatures: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^iVBORw0KGgo/],
  ['image/jpeg', /^\/9j\//],
  ['image/gif', /^R0lGOD/],
  ['image/webp', /^UklGR.{6}XRUJQ/],
  ['application/pdf', /^JVBERi0/],
]

/** '' where the bytes do not say. */
function sniffMediaType(base64: string): string {
  return signatures.find(([, signature]) => signature.test(base64))?.[0] ?? ''
}
