const encoder = new TextEncoder()

/** How many bytes a text has in UTF-8. */
export function byteLength(text: string): number {
  // Three bytes a unit are always enough, and most texts are short.
  if (text.length > scratch.length / 3) return encoder.encode(text).length
  return encoder.encodeInto(text, scratch).written
}

const scratch = new Uint8Array(48 * 1024)
