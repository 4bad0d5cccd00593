// A request body with its text decoded at most once.
import { GatewayError } from '../errors.ts'
import { type Outline, outlineJson } from '../json/outline.ts'
import type { RawBody } from './endpoint.ts'

export function createRawBody(bytes: Uint8Array<ArrayBuffer>, contentType: string): RawBody {
  let text: string | undefined
  let outline: Outline | undefined
  return {
    bytes,
    contentType,
    text() {
      // Most texts have no long strings, and are their own outline.
      text ??= outline?.strings.length === 0 ? outline.text : decodeUtf8(bytes)
      return text
    },
    outline() {
      outline ??= outlineJson(bytes, decodeUtf8)
      return outline
    },
  }
}

/** A body whose text is at hand already. */
export function createTextBody(text: string, contentType: string): RawBody {
  return {
    bytes: new TextEncoder().encode(text),
    contentType,
    text: () => text,
    outline: () => ({ text, strings: [] }),
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new GatewayError('malformed-request', 'malformed request: the body is not UTF-8')
  }
}
