// Sets and removes fields of the JSON body sent to a backend, as the configuration says: what a route's
// reference to the backend asks for goes over what the backend itself asks for.
import type { BodyMutationSpec } from '../config/config.ts'
import { type JsonPath, JsonPathError, parsePath, removeAtPath, setAtPath } from '../json/path.ts'
import { isArrayAt, isObjectAt, JsonScanError, skipSpace } from '../json/scan.ts'
import type { Logger } from '../ports.ts'

/** For JSON bodies only; other text, multipart too, comes back as it is. */
export interface BodyMutation {
  apply(text: string): string
}

interface Step {
  readonly path: JsonPath
  /** JSON to put there; absent: what is there goes. */
  readonly raw?: string
}

/**
 * Both levels as one mutation; undefined where they change nothing. A path that cannot be is logged and
 * left out. A step that does not fit a body is logged, once, and that body goes out as it was.
 */
export function mergeBodyMutation(
  backend: BodyMutationSpec | undefined,
  route: BodyMutationSpec | undefined,
  log: Logger,
): BodyMutation | undefined {
  const removals = new Map<string, Step>()
  const sets = new Map<string, Step>()
  for (const level of [backend, route]) {
    for (const source of level?.remove ?? []) {
      const path = readPath(source, log)
      if (path === undefined) continue
      removals.set(JSON.stringify(path), { path })
      sets.delete(JSON.stringify(path))
    }
    for (const { path: source, value } of level?.set ?? []) {
      const path = readPath(source, log)
      if (path === undefined) continue
      // Deleted first, so that the backend's are in order before the route's, in order.
      sets.delete(JSON.stringify(path))
      sets.set(JSON.stringify(path), { path, raw: toRawValue(value) })
    }
  }
  const steps = [...removals.values(), ...sets.values()]
  if (steps.length === 0) return undefined
  const said = new Set<string>()
  const warnOnce = (reason: string): void => {
    if (said.has(reason) || said.size > 20) return
    said.add(reason)
    log('warn', 'body mutation left out', { reason })
  }
  return {
    apply(text) {
      const start = skipSpace(text, 0)
      if (start === text.length) return text
      if (!isObjectAt(text, start) && !isArrayAt(text, start)) {
        warnOnce('the body is not JSON')
        return text
      }
      try {
        return steps.reduce(applyStep, text)
      } catch (error) {
        if (!(error instanceof JsonPathError || error instanceof JsonScanError)) throw error
        warnOnce(error.message)
        return text
      }
    },
  }
}

function applyStep(text: string, { path, raw }: Step): string {
  return raw === undefined ? removeAtPath(text, path) : setAtPath(text, path, raw)
}

function readPath(source: string, log: Logger): JsonPath | undefined {
  if (source === '' || source === '$.') return undefined
  try {
    return parsePath(source)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    log('warn', 'body mutation left out', { reason: error.message })
    return undefined
  }
}

/** The configured text as JSON: itself if it is JSON, else a string of it. */
function toRawValue(value: string): string {
  const trimmed = value.trim()
  try {
    JSON.parse(trimmed)
    return trimmed
  } catch {
    return JSON.stringify(value)
  }
}
