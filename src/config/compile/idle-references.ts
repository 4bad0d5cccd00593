// References of kinds that have no effect yet: a slip in one is said now, not when they begin to work.
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Kind } from '../resources/index.ts'
import type { Compilation } from './compilation.ts'
import { requireGrant } from './grants.ts'

interface NamedReference {
  readonly kind?: string | undefined
  readonly name: string
  readonly namespace?: string | undefined
}

export function checkIdleReferences(compilation: Compilation): void {
  const { resources } = compilation
  for (const policy of resources.all('QuotaPolicy')) {
    for (const [index, { name }] of policy.value.spec.targetRefs.entries()) {
      check(compilation, policy, { kind: 'AIServiceBackend', name }, ['spec', 'targetRefs', index])
    }
  }
  for (const route of resources.all('MCPRoute')) {
    const { parentRefs, backendRefs } = route.value.spec
    checkAll(compilation, route, parentRefs, ['spec', 'parentRefs'], 'Gateway')
    checkAll(compilation, route, backendRefs, ['spec', 'backendRefs'], 'Service')
  }
  for (const route of resources.all('HTTPRoute')) {
    const { parentRefs = [], rules = [] } = route.value.spec
    checkAll(compilation, route, parentRefs, ['spec', 'parentRefs'], 'Gateway')
    for (const [index, { backendRefs, filters }] of rules.entries()) {
      const path = ['spec', 'rules', index]
      checkAll(compilation, route, backendRefs, [...path, 'backendRefs'], 'Service')
      for (const [at, { extensionRef }] of filters.entries()) {
        if (extensionRef?.kind !== 'HTTPRouteFilter') continue
        check(compilation, route, extensionRef, [...path, 'filters', at, 'extensionRef'])
      }
    }
  }
}

/** `otherwise` is the kind of references that name none. */
function checkAll(
  compilation: Compilation,
  from: Resource,
  references: readonly NamedReference[],
  path: Path,
  otherwise: string,
): void {
  for (const [index, reference] of references.entries()) {
    const { kind = otherwise } = reference
    check(compilation, from, { ...reference, kind }, [...path, index])
  }
}

const checkedKinds: readonly string[] = [
  'AIServiceBackend',
  'Backend',
  'Gateway',
  'HTTPRouteFilter',
] satisfies Kind[]

function check(
  compilation: Compilation,
  from: Resource,
  { kind, name, namespace = from.namespace }: NamedReference,
  path: Path,
): void {
  const known = checkedKinds.find((one) => one === kind)
  if (known === undefined) {
    if (kind === 'Service') reportService(compilation, from, name, path)
    return
  }
  // What the list above holds.
  const target = { kind: known as Kind, namespace, name }
  const foreign = { ...target, path: [...path, 'namespace'] }
  // Routes say by their Gateway's listeners, not by a grant, whether they may attach.
  if (kind !== 'Gateway' && !requireGrant(compilation, from, foreign)) return
  const { resources, report } = compilation
  if (resources.find(target.kind, namespace, name) !== undefined) return
  const missing = { ...target, path: [...path, 'name'], severity: 'warning' } as const
  resources.reportMissing(from, missing, report)
}

function reportService({ report }: Compilation, from: Resource, name: string, path: Path): void {
  report(from, {
    severity: 'warning',
    code: 'unsupported.service',
    path,
    text: `Service ${name} exists in a cluster alone; name a Backend of group gateway.envoyproxy.io here`,
  })
}
