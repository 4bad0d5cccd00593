// ReferenceGrant (https://gateway-api.sigs.k8s.io/api-types/referencegrant/): lets other namespaces refer to this one.
import * as v from 'valibot'
import { atMost } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName } from '../fields/names.ts'

export const referenceGrant = resourceObject({
  spec: v.object({
    from: v.pipe(
      v.array(v.object({ group: v.string(), kind: referenceName, namespace: referenceName })),
      v.minLength(1, 'must have at least 1 items'),
      atMost(16),
    ),
    to: v.pipe(
      v.array(v.object({ group: v.string(), kind: referenceName, name: v.optional(v.string()) })),
      v.minLength(1, 'must have at least 1 items'),
      atMost(16),
    ),
  }),
})
