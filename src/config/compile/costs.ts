// What is counted: on one route, or on all of a Gateway.
import type { CostSpec } from '../config.ts'
import type { RequestCost } from '../fields/costs.ts'
import type { Path } from '../path.ts'
import type { Resource } from '../resource-set.ts'
import type { Compilation } from './compilation.ts'

/** The last cost of a key counts. */
export function compileCosts(
  { report, checkExpression }: Compilation,
  from: Resource,
  given: readonly RequestCost[],
  path: Path,
): CostSpec[] {
  const costs = new Map<string, CostSpec>()
  for (const [index, cost] of given.entries()) {
    const fault = cost.type === 'CEL' ? checkExpression('cost', cost.cel ?? '') : undefined
    if (fault !== undefined) {
      report(from, {
        severity: 'error',
        code: 'schema.cel',
        path: [...path, index, 'cel'],
        text: `invalid CEL expression: ${fault}`,
      })
    }
    costs.delete(cost.metadataKey)
    costs.set(cost.metadataKey, compileCost(cost))
  }
  return [...costs.values()]
}

function compileCost({ metadataKey, type, cel }: RequestCost): CostSpec {
  return { metadataKey, type, ...(type === 'CEL' && cel !== undefined ? { cel } : {}) }
}
