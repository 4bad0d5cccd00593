import { decodeBase64 } from '../../base64-bytes.ts'

/** Little-endian 32-bit numbers in base64, as `encoding_format: "base64"` asks for; undefined where it is none. */
export function decodeFloats(base64: string): number[] | undefined {
  const bytes = decodeBase64(base64)
  if (bytes === undefined) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) =>
    view.getFloat32(index * 4, true),
  )
}
