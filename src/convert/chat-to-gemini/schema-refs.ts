// References inside a JSON schema: `#/$defs/Address` (https://www.rfc-editor.org/rfc/rfc6901).
import { isRecord } from '../../json/is-record.ts'

/** The schema that the reference means, or why there is none. */
export function resolveRef(root: unknown, ref: string): Readonly<Record<string, unknown>> | string {
  if (ref !== '#' && !ref.startsWith('#/')) {
    return `$ref ${shorten(ref)} leads out of the schema: only #/… can be followed`
  }
  let node: unknown = root
  for (const component of ref.split('/').slice(1)) {
    const key = decodeComponent(component)
    const inner: unknown = Array.isArray(node)
      ? node[Number(key)]
      : isRecord(node) && Object.hasOwn(node, key)
        ? node[key]
        : undefined
    if (inner === undefined) return `component '${shorten(key)}' does not exist`
    node = inner
  }
  return isRecord(node) ? node : `$ref ${shorten(ref)} does not lead to a schema`
}

function decodeComponent(component: string): string {
  const key = component.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
