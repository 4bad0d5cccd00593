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
      if (isProtectedHeader(name)) continue
      removed.add(name.toLowerCase())
      values.delete(name.toLowerCase())
    }
    for (const { name, value } of level?.set ?? []) {
      if (!isProtectedHeader(name)) values.set(name.toLowerCase(), value)
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
