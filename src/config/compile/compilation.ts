// What every step of the compilation works with.
import type { Ability } from '../ability.ts'
import type { Environment } from '../envsubst.ts'
import type { Report } from '../findings.ts'
import type { ResourceSet } from '../resource-set.ts'

export interface Compilation {
  readonly resources: ResourceSet
  readonly report: Report
  /** For annotations of Secrets. */
  readonly environment: Environment
  /** Absent on a runtime without files. */
  readonly readText: ((path: string) => string | undefined) | undefined
  /** What the runtime cannot do. */
  readonly lacking: ReadonlySet<Ability>
  /** Says what is wrong with an expression in CEL; undefined where nothing is. */
  readonly checkExpression: (use: 'match' | 'cost', expression: string) => string | undefined
  /** Paths that annotations name, as written; added to while compiling. */
  readonly files: Set<string>
}
