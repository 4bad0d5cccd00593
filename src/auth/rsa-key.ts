// An RSA private key in PEM, as WebCrypto takes it: PKCS#8, into which a PKCS#1 key is wrapped
// (https://www.rfc-editor.org/rfc/rfc5208#section-5, https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2).
import { decodeBase64 } from '../base64-bytes.ts'

/** The DER of the key; `undefined` for what is neither form. */
export function readPkcs8(pem: string): Uint8Array<ArrayBuffer> | undefined {
  // YAML in block style and shells leave `\n` as two characters.
  const text = pem.replaceAll('\\n', '\n')
  const found = /-----BEGIN (RSA )?PRIVATE KEY-----([^-]+)-----END \1?PRIVATE KEY-----/.exec(text)
  if (found === null) return undefined
  const der = decodeBase64((found[2] ?? '').replace(/\s+/g, ''))
  if (der === undefined) return undefined
  return found[1] === undefined ? der : wrapPkcs1(der)
}

/** `INTEGER 0` and the algorithm `rsaEncryption` with `NULL`. */
const pkcs8Head = [
  0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
  0x05, 0x00,
]
const sequenceTag = 0x30
const octetStringTag = 0x04

function wrapPkcs1(key: Uint8Array): Uint8Array<ArrayBuffer> {
  const octets = [octetStringTag, ...derLength(key.length)]
  const content = pkcs8Head.length + octets.length + key.length
  return Uint8Array.from([sequenceTag, ...derLength(content), ...pkcs8Head, ...octets, ...key])
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return [0x80 | bytes.length, ...bytes]
}
