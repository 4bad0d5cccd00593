import { encodeBase64 } from '../../base64-bytes.ts'

/** Base64 of the values as 32-bit floats, least byte first: what OpenAI means by `base64`. */
export function encodeFloats(values: readonly unknown[]): string {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (let index = 0; index < values.length; index++) {
    view.setFloat32(index * 4, Number(values[index]), true)
  }
  return encodeBase64(new Uint8Array(view.buffer))
}
