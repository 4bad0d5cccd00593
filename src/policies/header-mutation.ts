// Sets and removes headers of the request to a backend, as the configuration says: what a route's
// reference to the backend asks for goes over what the backend itself asks for.
import type { HeaderMutationSpec } from '../config/config.ts'

/** Changes the headers in place; names are lower-case. */
export interface HeaderMutation {
  apply(headers: Map<string, string>): void
}

/** Whether the gateway keeps a header to itself, so that no mutation may name it. */
export function isProtectedHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith(':') || lower.startsWith('x-ai-eg-') || lower === 'x-envoy-original-path'
}

/** Where a message ends and what its connection is for: the gateway's own business with each backend. */
const framing = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const isLeftAlone = (name: string) => isProtectedHeader(name) || framing.has(name.toLowerCase())

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.5, with the visible part of Latin-1. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/

/** Throws where a header cannot be written as one: a line break would begin another. */
export function checkHeaderMutation(
  backend: string,
  mutation: HeaderMutationSpec | undefined,
): void {
  for (const { name, value } of mutation?.set ?? []) {
    if (isLeftAlone(name)) continue
    const place = `backend ${backend}: headerMutation sets the header ${JSON.stringify(name)}`
    if (!headerName.test(name)) throw new Error(`${place}, which is no name of a header`)
    if (!headerValue.test(value)) {
      throw new Error(`${place} to a value that no header can carry, for example a line break`)
    }
  }
}

/** Both levels as one mutation; undefined where they change nothing. */
export function mergeHeaderMutation(
  backend: HeaderMutationSpec | undefined,
  route: HeaderMutationSpec | undefined,
): HeaderMutation | undefined {
  const removed = new Set<string>()
  const values = new Map<string, string>()
  // A level's sets come after its removals, and a level comes after the one below it: so the route's
  // removal takes away what the backend sets.
  for (const level of [backend, route]) {
    for (const name of level?.remove ?? []) {
      if (isLeftAlone(name)) continue
      removed.add(name.toLowerCase())
      values.delete(name.toLowerCase())
    }
    for (const { name, value } of level?.set ?? []) {
      if (!isLeftAlone(name)) values.set(name.toLowerCase(), value)
    }
  }
  if (removed.size === 0 && values.size === 0) return undefined
  return {
    apply(headers) {
      for (const name of removed) headers.delete(name)
      for (const [name, value] of values) headers.set(name, value)
    },
  }
}
