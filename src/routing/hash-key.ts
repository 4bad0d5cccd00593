// What a request's endpoint hangs on with consistent hashing (loadBalancer.consistentHash).

import type { HashPolicySpec } from '../config/config.ts'
import type { HeaderReader } from '../ports.ts'
import { withoutPort } from '../url-parts.ts'

/** The part of a request that a key is made of. */
export interface Hashable {
  /** Absolute. */
  readonly url: string
  readonly headers: HeaderReader
  /** `address:port`. */
  readonly remoteAddress?: string | undefined
}

/** Undefined where the request has nothing of what is named. */
export type ReadHashKey = (request: Hashable) => string | undefined

export function createHashKeyReader(spec: HashPolicySpec): ReadHashKey {
  switch (spec.type) {
    case 'SourceIP':
      return ({ remoteAddress }) => remoteAddress && withoutPort(remoteAddress)
    case 'Headers':
      return ({ headers }) => joinPresent(spec.names.map((name) => headers.get(name)))
    case 'Cookie':
      return ({ headers }) => readCookie(headers.get('cookie') ?? '', spec.name)
    case 'QueryParams':
      return ({ url }) => {
        const { searchParams } = new URL(url)
        return joinPresent(spec.names.map((name) => searchParams.get(name)))
      }
  }
}

function joinPresent(values: readonly (string | null)[]): string | undefined {
  return values.every((value) => value === null) ? undefined : values.join('\n')
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}
