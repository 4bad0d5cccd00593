// AIGatewayRoute (https://aigateway.envoyproxy.io/docs/api/): headers and models to backends.
import * as v from 'valibot'
import { requestCosts } from '../fields/costs.ts'
import { atMost, ignored, remark } from '../fields/marks.ts'
import { headerMatches } from '../fields/matches.ts'
import { resourceObject } from '../fields/metadata.ts'
import { bodyMutation, headerMutation } from '../fields/mutations.ts'
import { parentReferences, referenceName } from '../fields/names.ts'
import {
  areUnique,
  duration,
  hostname,
  integer,
  invalid,
  parseDuration,
  time,
} from '../fields/values.ts'
import { inferenceGroup } from '../groups.ts'

const match = v.object({
  headers: v.optional(headerMatches, []),
})

interface TypedReference {
  readonly group?: string | undefined
  readonly kind?: string | undefined
}

/** A reference to an InferencePool, which only a cluster has. */
export function isInferencePool({ group, kind }: TypedReference): boolean {
  return group === inferenceGroup && kind === 'InferencePool'
}

const backendReference = v.pipe(
  v.object({
    name: referenceName,
    namespace: v.optional(v.string()),
    group: v.optional(v.string()),
    kind: v.optional(v.string()),
    modelNameOverride: v.optional(v.string()),
    headerMutation: v.optional(headerMutation),
    bodyMutation: v.optional(bodyMutation),
    weight: v.optional(integer(0), 1),
    priority: v.optional(integer(0), 0),
  }),
  v.check(
    ({ group, kind }) => (group === undefined) === (kind === undefined),
    'group and kind must be specified together',
  ),
  v.check(
    (reference) =>
      reference.group === undefined || reference.kind === undefined || isInferencePool(reference),
    'only InferencePool from inference.networking.k8s.io group is supported',
  ),
)

const rule = v.pipe(
  v.object({
    name: v.optional(referenceName),
    matches: v.optional(v.pipe(v.array(match), atMost(128)), []),
    backendRefs: v.optional(
      v.pipe(
        v.array(backendReference),
        atMost(128),
        v.check(
          (items) => items.every(isInferencePool) || !items.some(isInferencePool),
          'cannot mix InferencePool and AIServiceBackend references in the same rule',
        ),
        v.check(
          (items) => items.filter(isInferencePool).length <= 1,
          'only one InferencePool backend is allowed per rule',
        ),
      ),
      [],
    ),
    timeouts: v.optional(
      v.pipe(
        v.object({
          request: v.optional(duration),
          backendRequest: v.optional(duration),
        }),
        v.check(
          ({ request, backendRequest }) =>
            request === undefined ||
            request === 0 ||
            backendRequest === undefined ||
            backendRequest <= request,
          'backendRequest timeout cannot be longer than request timeout',
        ),
      ),
    ),
    streamIdleTimeout: v.optional(
      v.pipe(
        v.string(),
        remark('ignored.duration', (value) =>
          typeof value === 'string' && (parseDuration(value) ?? 0) === 0
            ? `${invalid('is no duration above zero')} and has no effect`
            : undefined,
        ),
        v.transform(parseDuration),
      ),
    ),
    modelsOwnedBy: v.optional(v.string()),
    modelsCreatedAt: v.optional(time),
  }),
  v.check(({ name }) => name !== 'route-not-found', 'rule name route-not-found is reserved'),
)

export type RouteRule = v.InferOutput<typeof rule>

const rules = v.pipe(
  v.array(rule),
  v.minLength(1, 'Invalid value: must have at least 1 items'),
  atMost(15),
  v.check((items) => {
    const names = items.flatMap((item) => item.name ?? [])
    return areUnique(names, (name) => name)
  }, 'rule name must be unique within the route'),
)

export const aiGatewayRoute = resourceObject({
  spec: v.object({
    parentRefs: v.optional(parentReferences),
    hostnames: v.optional(v.pipe(v.array(hostname), atMost(16)), []),
    rules,
    llmRequestCosts: v.optional(requestCosts, []),
    targetRefs: ignored('was removed: parentRefs names the Gateway'),
    schema: ignored('was removed: clients speak the API of the path they call'),
    filterConfig: ignored('was removed and has no effect'),
  }),
})
