import type { ApiSchema } from '../config/api-schema.ts'
import { joinPath } from './join-path.ts'
import type { Target } from './translator.ts'

/** The path at an OpenAI-compatible backend: its prefix, `v1` if it has none, then the endpoint's own. */
export function openaiPath(target: Target, endpointPath: string): string {
  const { schema } = target
  let paths = known.get(schema)
  if (paths === undefined) {
    paths = new Map()
    known.set(schema, paths)
  }
  let path = paths.get(endpointPath)
  if (path === undefined) {
    path = joinPath(schema.prefix || 'v1', endpointPath)
    // Few paths hold an id; those are not worth remembering.
    if (paths.size < 100) paths.set(endpointPath, path)
  }
  return path
}

/** A backend's schema is one object for the life of its configuration. */
const known = new WeakMap<ApiSchema, Map<string, string>>()
