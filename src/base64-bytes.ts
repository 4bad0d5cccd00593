// Bytes to base64 and back (RFC 4648), on what every runtime has.

/** Arguments that a call may have everywhere. */
const pieceLength = 0x2000

/** Standard alphabet, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += pieceLength) {
    binary += String.fromCharCode(...bytes.subarray(at, at + pieceLength))
  }
  return btoa(binary)
}

/** The URL's alphabet, without padding, as in JSON Web Tokens. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** `undefined` for what is not base64 of the standard alphabet; whitespace is passed over. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return undefined
  }
  // A loop: `Uint8Array.from` would ask an iterator for each byte.
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

/** The values as 32-bit floats, least byte first: what OpenAI means by an embedding in base64. */
export function encodeFloats(values: readonly unknown[]): string {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (let index = 0; index < values.length; index++) {
    view.setFloat32(index * 4, Number(values[index]), true)
  }
  return encodeBase64(new Uint8Array(view.buffer))
}
