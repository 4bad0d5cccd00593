// The configuration that is used when nobody names one, and the schema that editors check others with. They are read
// when needed, from their own files: this module is one level below the package's root both here and, bundled, in dist/.
import { readFileSync } from 'node:fs'

/** Byte for byte `defaults/aigw.yaml`. */
export function readBuiltInConfig(): string {
  return readFileSync(new URL('../defaults/aigw.yaml', import.meta.url), 'utf8')
}

/** Byte for byte `defaults/aigw.schema.json`. */
export function readResourceSchema(): string {
  return readFileSync(new URL('../defaults/aigw.schema.json', import.meta.url), 'utf8')
}
