// Headers as Node and undici have parsed them, as the core reads them.
import type { HeaderReader } from '../src/index.ts'

/** Lower-case names; several values where a header came several times. */
export type HeaderRecord = Readonly<Record<string, string | string[] | undefined>>

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : undefined

/** A class, for what it saves: there are two for each request, and methods of their own would be four functions. */
class RecordReader implements HeaderReader {
  readonly #headers: HeaderRecord

  constructor(headers: HeaderRecord) {
    this.#headers = headers
  }

  get(name: string): string | null {
    // Through textOf, what an object inherits is no header.
    return textOf(this.#headers[name]) ?? null
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const name in this.#headers) {
      const value = textOf(this.#headers[name])
      if (value !== undefined) visit(value, name)
    }
  }
}

export const readHeaderRecord = (headers: HeaderRecord): HeaderReader => new RecordReader(headers)
