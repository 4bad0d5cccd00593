// How Envoy Gateway's policies name what they apply to: targetRef, targetRefs or targetSelectors.
import * as v from 'valibot'
import { unsupported } from './marks.ts'
import { policyTarget } from './names.ts'

/** Members of a policy's spec; checked by `hasTargets`. */
export const trafficTargets = {
  targetRef: v.optional(policyTarget),
  targetRefs: v.optional(v.array(policyTarget)),
  targetSelectors: unsupported('is not supported yet: name the targets in targetRefs'),
}

interface Targets {
  readonly targetRef?: unknown
  readonly targetRefs?: readonly unknown[] | undefined
  readonly targetSelectors?: unknown
}

export function hasTargets({ targetRef, targetRefs, targetSelectors }: Targets): boolean {
  return (targetRef === undefined) !== (targetRefs === undefined) || targetSelectors !== undefined
}

export const missingTargets = 'either targetRef or targetRefs must be used'
