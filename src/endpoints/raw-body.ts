// A request body with its text decoded at most once.
import { GatewayError } from '../errors.ts'
import type { RawBody } from './endpoint.ts'

export function createRawBody(bytes: Uint8Array<ArrayBuffer>, contentType: string): RawBody {
  let text: string | undefined
  return {
    bytes,
    contentType,
    text() {
      text ??= decodeUtf8(bytes)
      return text
    },
  }
}

/** A body whose text is at hand already. */
export function createTextBody(text: string, contentType: string): RawBody {
  return { bytes: new TextEncoder().encode(text), contentType, text: () => text }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new GatewayError('malformed-request', 'malformed request: the body is not UTF-8')
  }
}
