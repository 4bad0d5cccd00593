// Names of objects and references to them.
import * as v from 'valibot'
import { coreGroup, envoyGatewayGroup, gatewayApiGroup } from '../groups.ts'
import { findNearest } from '../nearest.ts'
import { atMost, ignored, remark } from './marks.ts'
import { integer, invalid, valueMark } from './values.ts'

/** DNS-1123 subdomain: what Kubernetes takes as an object's name. */
export const objectName =
  /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

/** A name: of an object in a reference, of a listener, of a rule. */
export const referenceName = v.pipe(v.string(), v.nonEmpty(invalid('must not be empty')))

const coreReference = {
  group: v.optional(
    v.pipe(
      v.string(),
      v.check((group) => group === coreGroup, invalid('must be empty: the group of Secrets')),
    ),
  ),
  name: referenceName,
  namespace: v.optional(v.string()),
}

export const secretReference = v.object({
  ...coreReference,
  kind: v.optional(v.picklist(['Secret'])),
})

/** Which of both `kind` says, a Secret where it is absent. */
export const certificateReference = v.object({
  ...coreReference,
  kind: v.optional(v.picklist(['Secret', 'ConfigMap'])),
})

export type SecretReference = v.InferOutput<typeof secretReference>

export type CertificateReference = v.InferOutput<typeof certificateReference>

/** The EnvoyProxy of a Gateway or a GatewayClass. */
export const parametersReference = {
  group: v.pipe(
    v.string(),
    v.check((group) => group === envoyGatewayGroup, invalid(`must be ${envoyGatewayGroup}`)),
  ),
  kind: v.string(),
  name: referenceName,
}

/** A kind of target; a slip is named where it stands, besides what the whole list has to say. */
export function targetKind(...kinds: readonly string[]) {
  return v.pipe(
    v.string(),
    remark('ref.kind', (value) => {
      if (typeof value !== 'string' || kinds.includes(value)) return undefined
      const nearest = findNearest(value, kinds)
      const advice = nearest === undefined ? kinds.join(' or ') : `did you mean ${nearest}?`
      return `Unsupported value: ${valueMark}: ${advice}`
    }),
  )
}

/** What a policy applies to, in its own namespace. */
export const policyTarget = v.object({
  group: v.optional(v.string()),
  kind: v.pipe(v.string(), v.nonEmpty(invalid('must not be empty'))),
  name: referenceName,
  sectionName: v.optional(referenceName),
  namespace: ignored('is ignored: a policy applies in its own namespace'),
})

export type PolicyTarget = v.InferOutput<typeof policyTarget>

/** The Gateway that a route belongs to. */
const parentReference = v.object({
  group: v.optional(
    v.pipe(
      v.string(),
      v.check((group) => group === gatewayApiGroup, invalid(`must be ${gatewayApiGroup}`)),
    ),
  ),
  kind: v.optional(
    v.pipe(
      v.string(),
      v.check((kind) => kind === 'Gateway', 'only Gateway is supported'),
    ),
  ),
  name: referenceName,
  namespace: v.optional(v.string()),
  sectionName: v.optional(referenceName),
  port: v.optional(integer(1, 65535)),
})

export type ParentReference = v.InferOutput<typeof parentReference>

export const parentReferences = v.pipe(v.array(parentReference), atMost(16))

/** A Backend of Envoy Gateway, or a Service, which only a cluster has. */
export const backendReference = v.object({
  group: v.optional(v.string()),
  kind: v.optional(v.string()),
  name: referenceName,
  namespace: v.optional(v.string()),
  port: v.optional(integer(1, 65535)),
})
