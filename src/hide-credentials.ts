// A provider that refuses a key may quote it. What a client, a log or a span gets has asterisks in its place, as many as
// there were characters: lengths that have been told hold.
import { readBytes } from './judge-answer.ts'
import { isSensitiveHeader } from './observe/sensitive-headers.ts'
import type { UpstreamResponse } from './ports.ts'

/** Shorter ones are words as well, or placeholders. */
const shortestSecret = 8

/** Values of the headers of a request, without the scheme before them; a signature is good for this one request alone. */
export function readCredentials(sent: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = []
  sent.forEach((value, name) => {
    if (!isSensitiveHeader(name) || value.startsWith('AWS4-')) return
    const secret = value.slice(value.lastIndexOf(' ') + 1)
    if (secret.length >= shortestSecret) found.push(secret)
  })
  return found
}

export const hideInText = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '*'.repeat(secret.length)), text)

const encoder = new TextEncoder()
const asterisk = 0x2a

/** The same bytes where none of the secrets is in them. */
export function hideInBytes(
  bytes: Uint8Array<ArrayBuffer>,
  secrets: readonly string[],
): Uint8Array<ArrayBuffer> {
  let hidden = bytes
  for (const secret of secrets) {
    const wanted = encoder.encode(secret)
    for (let at = find(hidden, wanted, 0); at >= 0; at = find(hidden, wanted, at + 1)) {
      if (hidden === bytes) hidden = bytes.slice()
      hidden.fill(asterisk, at, at + wanted.length)
    }
  }
  return hidden
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

/** The answer, to be read at once. */
export function hideInAnswer(
  response: UpstreamResponse,
  secrets: readonly string[],
): UpstreamResponse {
  if (secrets.length === 0) return response
  const collect = async (onActivity?: () => void) =>
    hideInBytes(await readBytes(response, onActivity ?? (() => {})), secrets)
  return {
    status: response.status,
    headers: response.headers,
    // Asked for only by who does not want it.
    get body() {
      return response.body
    },
    arrayBuffer: async () => (await collect()).slice().buffer,
    collect,
  }
}
