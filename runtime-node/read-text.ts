// Text files as editors and shells of all systems write them.
import { readFileSync } from 'node:fs'

/** Without a byte order mark. Throws Node's error. */
export function readTextFile(path: string): string {
  return decodeText(readFileSync(path))
}

/** UTF-8, or what the mark in front says: `>` of Windows PowerShell writes UTF-16. */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe
      ? 'utf-16le'
      : first === 0xfe && second === 0xff
        ? 'utf-16be'
        : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}
