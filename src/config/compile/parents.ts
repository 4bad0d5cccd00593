// Which listeners a route attaches to, and under which host names.
import type { ParentReference } from '../fields/names.ts'
import { nameResource } from '../findings.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'
import type { AttachedListener } from './listeners.ts'

type Route = Resource<'AIGatewayRoute'>

/** The listeners that a route is served on; none, with a warning, where its parents do not take it. */
export function attachRoute(
  compilation: Compilation,
  route: Route,
  listeners: readonly AttachedListener[],
): readonly AttachedListener[] {
  const { resources, report } = compilation
  const { parentRefs = [] } = route.value.spec
  const gateways = resources.all('Gateway')
  if (parentRefs.length === 0) {
    if (gateways.length <= 1) return listeners
    report(route, {
      severity: 'warning',
      code: 'ref.parent',
      path: ['spec', 'parentRefs'],
      text: 'there is more than one Gateway, and parentRefs names none: the route is not served',
    })
    return []
  }
  return [
    ...new Set(
      parentRefs.flatMap((parent, index) =>
        attachTo(compilation, route, parent, ['spec', 'parentRefs', index], listeners),
      ),
    ),
  ]
}

function attachTo(
  { resources, report }: Compilation,
  route: Route,
  parent: ParentReference,
  path: Path,
  listeners: readonly AttachedListener[],
): readonly AttachedListener[] {
  const { name, namespace = route.namespace, sectionName, port } = parent
  const gateway = resources.find('Gateway', namespace, name)
  if (gateway === undefined) {
    const missing = { kind: 'Gateway', namespace, name, path: [...path, 'name'] } as const
    const effect = 'the route has no effect there'
    resources.reportMissing(route, { ...missing, severity: 'warning', effect }, report)
    return []
  }
  const warn = (key: string, text: string) =>
    report(route, { severity: 'warning', code: 'ref.parent', path: [...path, key], text })
  const selected = listeners.filter(
    (one) =>
      one.gateway === gateway &&
      (sectionName === undefined || one.listener.name === sectionName) &&
      (port === undefined || one.listener.port === port),
  )
  if (selected.length === 0) {
    if (sectionName !== undefined || port !== undefined) {
      const key = sectionName === undefined ? 'port' : 'sectionName'
      warn(key, `${nameResource(gateway)} serves no such listener; the route has no effect there`)
    }
    return []
  }
  const open = selected.filter((one) => allowsNamespace(one, route.namespace))
  if (open.length === 0) {
    warn(
      'name',
      `${nameResource(gateway)} takes no routes of namespace ${route.namespace} (allowedRoutes.namespaces); the route has no effect there`,
    )
  }
  return open
}

function allowsNamespace({ gateway, listener }: AttachedListener, namespace: string): boolean {
  const from = listener.allowedRoutes?.namespaces?.from ?? 'Same'
  return from === 'All' || (from === 'Same' && namespace === gateway.namespace)
}

/**
 * The host names under which a route is served: its own, narrowed by each listener's. `[]`: any host, and so
 * is `*` beside others; undefined: none that a listener takes. `others` are the host names of listeners on the same port that it
 * is not attached to: what one of them names more exactly is theirs.
 */
export function intersectHostnames(
  own: readonly string[],
  listeners: readonly (string | undefined)[],
  others: readonly (string | undefined)[] = [],
): readonly string[] | undefined {
  const result = new Set<string>()
  for (const listener of listeners) {
    const theirs = others.filter((other) => isNarrower(other, listener))
    for (const hostname of own.length === 0 ? [anyHost] : own) {
      const both = listener === undefined ? hostname : intersect(hostname, listener)
      if (both === undefined || theirs.some((other) => covers(other, both))) continue
      result.add(both)
    }
  }
  if (result.size === 0) return undefined
  return result.size === 1 && result.has(anyHost) ? [] : [...result]
}

const anyHost = '*'

function isNarrower(one: string | undefined, other: string | undefined): one is string {
  if (one === undefined) return false
  return other === undefined || (one !== other && covers(other, one))
}

/** The narrower of two names, where one covers the other. */
function intersect(one: string, other: string): string | undefined {
  if (covers(one, other)) return other
  return covers(other, one) ? one : undefined
}

function covers(wide: string, narrow: string): boolean {
  if (wide === narrow || wide === anyHost) return true
  return wide.startsWith('*.') && narrow.endsWith(wide.slice(1))
}
