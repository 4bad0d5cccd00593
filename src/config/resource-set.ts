// The validated resources of a configuration, by kind and name, and what to say about names that lead nowhere.
import type { Located, Report } from './findings.ts'
import { suggestValue } from './nearest.ts'
import type { Path } from './path.ts'
import { isKind, type Kind, type ValueOf } from './resources/index.ts'
import type { Origin } from './yaml-tree.ts'

export interface Resource<K extends Kind = Kind> extends Located {
  readonly kind: K
  readonly value: ValueOf<K>
  /** As written: the key to `originOf`. */
  readonly written: Readonly<Record<string, unknown>>
  originOf(collection: unknown, key: string | number): Origin | undefined
}

/** One of several kinds: a union, so that looking at a member tells them apart. */
type ResourceOf<K extends Kind> = K extends Kind ? Resource<K> : never

export interface ResourceSet {
  /** Something could not be read: what is not here may be there. */
  readonly isIncomplete: boolean
  /** In the order of the files. */
  all<K extends Kind>(kind: K): readonly Resource<K>[]
  find<K extends Kind>(kind: K, namespace: string, name: string): ResourceOf<K> | undefined
  /** Says that there is no such object, unless what was to define it could not be read. */
  reportMissing(from: Located, reference: MissingReference, report: Report): void
}

export interface MissingReference {
  readonly kind: Kind
  readonly namespace: string
  readonly name: string
  readonly path: Path
  readonly severity: 'error' | 'warning'
  /** What follows from it. */
  readonly effect?: string
}

export function createResourceSet(
  resources: readonly Resource[],
  /** `Kind namespace/name` of what is there and cannot be used. */
  unusable: ReadonlySet<string>,
  completeness: 'complete' | 'incomplete',
): ResourceSet {
  const byKind = new Map<string, Map<string, Resource>>()
  for (const resource of resources) {
    const ofKind = byKind.get(resource.kind) ?? new Map<string, Resource>()
    byKind.set(resource.kind, ofKind)
    ofKind.set(`${resource.namespace}/${resource.name}`, resource)
  }
  return {
    isIncomplete:
      completeness === 'incomplete' ||
      [...unusable].some((key) => isKind(key.slice(0, key.indexOf(' ')))),
    // The map's key is the kind, which TypeScript cannot tie to the value's type.
    all: <K extends Kind>(kind: K) => [...(byKind.get(kind)?.values() ?? [])] as Resource<K>[],
    find: <K extends Kind>(kind: K, namespace: string, name: string) =>
      byKind.get(kind)?.get(`${namespace}/${name}`) as ResourceOf<K> | undefined,
    reportMissing(from, { kind, namespace, name, path, severity, effect }, report) {
      if (completeness === 'incomplete' || unusable.has(`${kind} ${namespace}/${name}`)) return
      const names = [...(byKind.get(kind)?.values() ?? [])]
        .filter((resource) => resource.namespace === namespace)
        .map((resource) => resource.name)
      report(from, {
        severity,
        code: 'ref.missing',
        path,
        text: `there is no ${kind} ${namespace}/${name}${effect === undefined ? '' : `; ${effect}`}`,
        ...suggestValue(name, names),
      })
    },
  }
}
