// SecurityPolicies, which do not work yet: what they are to protect is refused rather than served to everybody.
import type { Identity } from '../findings.ts'
import { nameResource } from '../findings.ts'
import type { Resource } from '../resource-set.ts'
import { attachPolicies } from './attachments.ts'
import type { Compilation } from './compilation.ts'
import type { AttachedListener } from './listeners.ts'

type Policy = Resource<'SecurityPolicy'>

/** Each keeps requests out; `cors` alone only lets browsers read more. */
const guards = [
  'apiKeyAuth',
  'basicAuth',
  'jwt',
  'oidc',
  'extAuth',
  'authorization',
  'csrf',
] as const

/** Why a rule of a route serves nobody; undefined where no policy guards it. */
export type FindRefusal = (
  route: Identity,
  rule: { readonly name?: string | undefined },
  attached: readonly AttachedListener[],
) => string | undefined

export function compileProtection(compilation: Compilation): FindRefusal {
  const policies = attachPolicies(compilation, 'SecurityPolicy')
  for (const policy of compilation.resources.all('SecurityPolicy')) {
    rejectSelectors(compilation, policy)
    reportGuards(compilation, policy)
  }
  return (route, { name }, attached) => {
    const own =
      (name === undefined ? undefined : policies.find('AIGatewayRoute', route, name)) ??
      policies.find('AIGatewayRoute', route)
    const around = attached.flatMap(
      ({ gateway, listener }) =>
        policies.find('Gateway', gateway, listener.name) ?? policies.find('Gateway', gateway) ?? [],
    )
    const holding =
      own === undefined ? around : own.value.spec.mergeType === undefined ? [own] : [own, ...around]
    const guard = holding.find((policy) => guardsOf(policy).length > 0)
    return guard && `${nameResource(guard)} asks for ${guardsOf(guard).join(', ')}`
  }
}

function guardsOf({ value }: Policy): readonly string[] {
  return guards.filter((member) => value.spec[member] !== undefined)
}

/** Nobody can say whom such a policy is to protect. */
function rejectSelectors({ report }: Compilation, policy: Policy): void {
  if (policy.value.spec.targetSelectors === undefined) return
  report(policy, {
    severity: 'error',
    code: 'unsupported.selector',
    path: ['spec', 'targetSelectors'],
    text: 'is not supported: what it selects would be served to everybody',
    hint: 'name the targets in targetRefs',
  })
}

function reportGuards({ report }: Compilation, policy: Policy): void {
  for (const member of guardsOf(policy)) {
    report(policy, {
      severity: 'warning',
      code: 'unsupported.field',
      path: ['spec', member],
      text: 'is not supported yet: requests to the targets of this policy are refused with 500',
      point: 'key',
    })
  }
}
