// References to other namespaces: a ReferenceGrant there must allow them.
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import { type Kind, resourceKinds } from '../resources/index.ts'
import type { Compilation } from './compilation.ts'

export interface ForeignReference {
  readonly kind: Kind
  /** Absent: that of the resource that refers. */
  readonly namespace: string | undefined
  readonly name: string
  /** Of the member that holds the namespace. */
  readonly path: Path
}

/** Whether the reference stays in its namespace, or is allowed to leave it. */
function isGranted(
  { resources }: Compilation,
  from: Resource,
  { kind, namespace = from.namespace, name }: ForeignReference,
): boolean {
  if (namespace === from.namespace) return true
  return resources.all('ReferenceGrant').some((grant) => {
    const { spec } = grant.value
    return (
      grant.namespace === namespace &&
      spec.from.some(
        (one) =>
          one.group === resourceKinds[from.kind].group &&
          one.kind === from.kind &&
          one.namespace === from.namespace,
      ) &&
      spec.to.some(
        (one) =>
          one.group === resourceKinds[kind].group &&
          one.kind === kind &&
          (one.name === undefined || one.name === '' || one.name === name),
      )
    )
  })
}

/** As `isGranted`; what is not granted is an error. */
export function requireGrant(
  compilation: Compilation,
  from: Resource,
  reference: ForeignReference,
): boolean {
  if (isGranted(compilation, from, reference)) return true
  const { kind, namespace, name, path } = reference
  compilation.report(from, {
    severity: 'error',
    code: 'ref.not-granted',
    path,
    text: `cross-namespace reference from ${from.kind} in namespace ${from.namespace} to ${kind} ${name} in namespace ${namespace} is not permitted: no ReferenceGrant in namespace ${namespace} allows it`,
  })
  return false
}

/**
 * The namespace in which a Secret or ConfigMap is looked for. A cluster takes that of the resource that
 * refers, whatever is written, so that is where an ungranted reference leads.
 */
export function chooseNamespace(
  compilation: Compilation,
  from: Resource,
  reference: ForeignReference,
): string {
  const { kind, namespace = from.namespace, name, path } = reference
  if (isGranted(compilation, from, reference)) return namespace
  compilation.report(from, {
    severity: 'warning',
    code: 'ref.not-granted',
    path,
    text: `no ReferenceGrant in namespace ${namespace} allows this reference; ${kind} ${from.namespace}/${name} is looked for instead`,
  })
  return from.namespace
}
