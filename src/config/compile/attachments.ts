// Which policy applies to what: Gateway, listener, route or rule. The most specific one holds as a whole.
import type { PolicyTarget } from '../fields/names.ts'
import { type Identity, nameResource } from '../findings.ts'
import { aiGatewayGroup, envoyOnlyKinds, gatewayApiGroup } from '../groups.ts'
import { suggestNearest } from '../nearest.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'

export type TrafficPolicyKind = 'BackendTrafficPolicy' | 'ClientTrafficPolicy' | 'SecurityPolicy'
export type TargetKind = 'Gateway' | 'AIGatewayRoute'

export interface Attachments<K extends TrafficPolicyKind> {
  /** The policy for exactly this target; `section` is a listener's or a rule's name. */
  find(kind: TargetKind, target: Identity, section?: string): Resource<K> | undefined
}

/** A route is known to policies as the HTTPRoute that a cluster makes of it. */
const targetKinds: Readonly<Record<string, TargetKind>> = {
  Gateway: 'Gateway',
  HTTPRoute: 'AIGatewayRoute',
  AIGatewayRoute: 'AIGatewayRoute',
}

const groupOf: Readonly<Record<string, string>> = {
  Gateway: gatewayApiGroup,
  HTTPRoute: gatewayApiGroup,
  AIGatewayRoute: aiGatewayGroup,
}

function keyOf(kind: TargetKind, namespace: string, name: string, section: string): string {
  return `${kind} ${namespace}/${name} ${section}`
}

/** Finds the targets of every policy of a kind. The first one on a target holds. */
export function attachPolicies<K extends TrafficPolicyKind>(
  compilation: Compilation,
  policyKind: K,
): Attachments<K> {
  const attached = new Map<string, Resource<K>>()
  for (const policy of compilation.resources.all<K>(policyKind)) {
    for (const { target, path } of targetsOf(policy)) {
      const kind = acceptTarget(compilation, policy, target, path)
      if (kind === undefined) continue
      const key = keyOf(kind, policy.namespace, target.name, target.sectionName ?? '')
      const first = attached.get(key)
      if (first === undefined) attached.set(key, policy)
      else if (first !== policy) {
        compilation.report(policy, {
          severity: 'warning',
          code: 'ref.several-policies',
          path,
          text: `${nameResource(first)} already applies to this target; this one has no effect on it`,
        })
      }
    }
  }
  return {
    find: (kind, { namespace, name }, section = '') =>
      attached.get(keyOf(kind, namespace, name, section)),
  }
}

function targetsOf(policy: Resource<TrafficPolicyKind>) {
  const { targetRef, targetRefs = [] } = policy.value.spec
  const targets: { readonly target: PolicyTarget; readonly path: Path }[] = targetRefs.map(
    (target, index) => ({ target, path: ['spec', 'targetRefs', index] }),
  )
  if (targetRef !== undefined) targets.push({ target: targetRef, path: ['spec', 'targetRef'] })
  return targets
}

/** A slip in the name of a target must not leave the target unprotected. */
function severityOf({ kind }: Resource<TrafficPolicyKind>): 'error' | 'warning' {
  return kind === 'SecurityPolicy' ? 'error' : 'warning'
}

/** The kind of a target that exists; says where there is nothing to apply to. */
function acceptTarget(
  { resources, report }: Compilation,
  policy: Resource<TrafficPolicyKind>,
  target: PolicyTarget,
  path: Path,
): TargetKind | undefined {
  const { namespace } = policy
  const { name, sectionName } = target
  const kind = Object.hasOwn(targetKinds, target.kind) ? targetKinds[target.kind] : undefined
  const allowed = policy.kind === 'ClientTrafficPolicy' ? kind === 'Gateway' : kind !== undefined
  const severity = severityOf(policy)
  if (kind === undefined || !allowed) {
    report(policy, {
      severity: envoyOnlyKinds.has(target.kind) ? 'warning' : severity,
      code: 'ignored.target',
      path: [...path, 'kind'],
      text: `a ${policy.kind} does not apply to kind ${target.kind} here; this target has no effect`,
      ...suggestNearest(target.kind, Object.keys(targetKinds)),
    })
    return undefined
  }
  const group = groupOf[target.kind]
  if (target.group !== undefined && target.group !== group) {
    report(policy, {
      severity,
      code: 'ignored.target',
      path: [...path, 'group'],
      text: `kind ${target.kind} belongs to group ${group}; this target has no effect`,
      hint: `write group: ${group}`,
    })
    return undefined
  }
  const found = resources.find(kind, namespace, name)
  const effect =
    severity === 'error' ? 'its clients would not be authenticated' : 'this target has no effect'
  if (found === undefined) {
    // A route that is not served yet has nothing to apply to, and says so itself.
    if (target.kind === 'HTTPRoute' && isPlainRoute(resources, namespace, name)) return undefined
    const missing = { kind, namespace, name, path: [...path, 'name'], effect } as const
    resources.reportMissing(policy, { ...missing, severity }, report)
    return undefined
  }
  const sections = sectionsOf(found)
  if (sectionName !== undefined && !sections.includes(sectionName)) {
    const part = kind === 'Gateway' ? 'listener' : 'rule'
    report(policy, {
      severity,
      code: 'ref.missing-section',
      path: [...path, 'sectionName'],
      text: `${nameResource(found)} has no ${part} ${sectionName}; ${effect}`,
      ...suggestNearest(sectionName, sections),
    })
    return undefined
  }
  return kind
}

/** An HTTPRoute of the user's own, or the one that a cluster makes of an MCPRoute. */
function isPlainRoute(
  resources: Compilation['resources'],
  namespace: string,
  name: string,
): boolean {
  const [, mcp] = /^ai-eg-mcp-(?:main-)?(.+)$/.exec(name) ?? []
  return (
    resources.find('HTTPRoute', namespace, name) !== undefined ||
    (mcp !== undefined && resources.find('MCPRoute', namespace, mcp) !== undefined)
  )
}

function sectionsOf(target: Resource<'Gateway'> | Resource<'AIGatewayRoute'>): string[] {
  const { spec } = target.value
  return 'listeners' in spec
    ? spec.listeners.map(({ name }) => name)
    : spec.rules.flatMap(({ name }) => name ?? [])
}
