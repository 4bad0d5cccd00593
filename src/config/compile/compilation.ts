// What every step of the compilation works with.
import type { Environment } from '../envsubst.ts'
import type { Located, Report } from '../findings.ts'
import type { Path } from '../path.ts'
import type { ResourceSet } from '../resource-set.ts'

export interface Compilation {
  readonly resources: ResourceSet
  readonly report: Report
  /** For annotations of Secrets. */
  readonly environment: Environment
  /** Absent on a runtime without files. */
  readonly readText: ((path: string) => string | undefined) | undefined
  /** Paths that annotations name, as written; added to while compiling. */
  readonly files: Set<string>
}

/** Says that a reference to another namespace is not followed. */
export function reportOtherNamespace(
  { report }: Compilation,
  from: Located,
  path: Path,
  effect: string,
): void {
  report(from, {
    severity: 'warning',
    code: 'unsupported.cross-namespace',
    path,
    text: `references to other namespaces are not supported yet; ${effect}`,
  })
}
