// Resources that nothing refers to: most often the name in the reference is wrong.
import { isRecord } from '../../json/is-record.ts'
import type { Resource } from '../resource-set.ts'
import type { Kind } from '../resources/index.ts'
import type { Compilation } from './compilation.ts'
import { findGatewayConfig } from './gateway-configs.ts'

/** Kinds whose names stand in others, and who should name them. */
const watched = {
  AIServiceBackend: 'no AIGatewayRoute sends requests to it',
  Backend: 'no AIServiceBackend or route refers to it',
  EnvoyProxy: 'no Gateway or GatewayClass refers to it',
  GatewayConfig: 'no Gateway names it in its annotations',
  HTTPRouteFilter: 'no HTTPRoute refers to it',
} as const satisfies Partial<Record<Kind, string>>

/** Kinds that do nothing without a target. */
const policies = ['BackendSecurityPolicy', 'QuotaPolicy'] as const satisfies readonly Kind[]

/** Kinds that hold references. */
const referring = [
  'AIGatewayRoute',
  'AIServiceBackend',
  'MCPRoute',
  'HTTPRoute',
  'EnvoyProxy',
  'SecurityPolicy',
  'Gateway',
  'GatewayClass',
] as const satisfies readonly Kind[]

/** Without a route there is nothing that a backend could be used by: that is said elsewhere, if at all. */
export function warnOfUnused(compilation: Compilation): void {
  const { resources, report } = compilation
  for (const kind of policies) {
    for (const policy of resources.all(kind)) {
      if (policy.value.spec.targetRefs.length > 0) continue
      warn(report, policy, 'has no targetRefs and applies to nothing')
    }
  }
  if (!resources.all('AIGatewayRoute').length || resources.isIncomplete) return
  const used = collectReferences(compilation)
  for (const [kind, text] of Object.entries(watched)) {
    // The keys above are kinds.
    for (const resource of resources.all(kind as keyof typeof watched)) {
      const { namespace, name } = resource
      if (used.has(`${kind} ${namespace}/${name}`)) continue
      warn(report, resource, `is not used: ${text}`)
    }
  }
}

function warn(report: Compilation['report'], resource: Resource, text: string): void {
  report(resource, { severity: 'warning', code: 'ignored.unused', path: [], text })
}

/** `Kind namespace/name`. */
function collectReferences(compilation: Compilation): ReadonlySet<string> {
  const { resources } = compilation
  const used = new Set<string>()
  for (const kind of referring) {
    for (const resource of resources.all(kind)) {
      collectFrom(resource.value.spec, resource.namespace, used)
    }
  }
  for (const route of resources.all('AIGatewayRoute')) {
    for (const { backendRefs } of route.value.spec.rules) {
      for (const { name, namespace = route.namespace } of backendRefs) {
        used.add(`AIServiceBackend ${namespace}/${name}`)
      }
    }
  }
  for (const gateway of resources.all('Gateway')) {
    const config = findGatewayConfig({ ...compilation, report: () => {} }, gateway)
    if (config !== undefined) used.add(`GatewayConfig ${config.namespace}/${config.name}`)
  }
  return used
}

/** Any object with a name and a kind may be a reference; a GatewayClass's may lie in any namespace. */
function collectFrom(value: unknown, namespace: string, used: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collectFrom(item, namespace, used)
    return
  }
  if (!isRecord(value)) return
  const { kind, name } = value
  if (typeof name === 'string' && typeof kind === 'string') {
    const target = typeof value.namespace === 'string' ? value.namespace : namespace
    used.add(`${kind} ${target}/${name}`)
  }
  for (const member of Object.values(value)) collectFrom(member, namespace, used)
}
