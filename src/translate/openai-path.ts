import { joinPath } from './join-path.ts'
import type { Target } from './translator.ts'

/** The path at an OpenAI-compatible backend: its prefix, `v1` if it has none, then the endpoint's own. */
export function openaiPath(target: Target, endpointPath: string): string {
  return joinPath(target.schema.prefix || 'v1', endpointPath)
}
