// Headers as Node and undici have parsed them, as the core reads them.
import type { HeaderReader } from '../src/index.ts'

/** Lower-case names; several values where a header came several times. */
export type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined

export function readHeaderRecord(headers: HeaderRecord): HeaderReader {
  return {
    // Through textOf, what an object inherits is no header.
    get: (name) => textOf(headers[name]) ?? null,
    forEach(visit) {
      for (const name in headers) {
        const value = textOf(headers[name])
        if (value !== undefined) visit(value, name)
      }
    },
  }
}
