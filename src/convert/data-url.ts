// Data URLs as chat clients write them: `data:<media type>[;parameters][;base64],<base64>`
// (https://www.rfc-editor.org/rfc/rfc2397). The payload counts as base64 even where that is not said.
import { toStandardBase64 } from './base64.ts'

export interface DataUrl {
  /** Lower case, without parameters; maybe ''. */
  readonly mediaType: string
  /** Standard alphabet, padded. */
  readonly base64: string
}

/** `undefined` for what is no data URL, or one whose payload is no base64. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(',')
  if (comma < 0 || url.slice(0, 5).toLowerCase() !== 'data:') return undefined
  const base64 = toStandardBase64(url.slice(comma + 1))
  if (base64 === undefined) return undefined
  const [mediaType = ''] = url.slice(5, comma).split(';', 1)
  return { mediaType: mediaType.trim().toLowerCase(), base64 }
}
