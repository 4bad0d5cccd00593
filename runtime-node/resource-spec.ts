// Reads and changes resources of the built-in configuration, which are ours.
import type { Resource } from './provider-resources.ts'

export function withSpec(
  resource: Resource,
  change: (spec: Readonly<Record<string, unknown>>) => object,
): Resource {
  return { ...resource, spec: change(readPath(resource, ['spec'], isObject)) }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

/** The built-in text is ours: what is not where it should be is a bug. */
export function readPath<Value>(
  from: unknown,
  path: readonly string[],
  is: (value: unknown) => value is Value,
): Value {
  const found = path.reduce<unknown>(
    (value, key) => (isObject(value) ? value[key] : undefined),
    from,
  )
  if (!is(found)) throw new Error(`the built-in configuration has no ${path.join('.')}`)
  return found
}
