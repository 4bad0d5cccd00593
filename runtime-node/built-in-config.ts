// The configuration that is used when nobody names one. It is read when needed, from its own file: this module
// is one level below the package's root both here and, bundled, in dist/.
import { readFileSync } from 'node:fs'

/** Byte for byte `defaults/aigw.yaml`. */
export function readBuiltInConfig(): string {
  return readFileSync(new URL('../defaults/aigw.yaml', import.meta.url), 'utf8')
}
