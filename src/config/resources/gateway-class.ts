// GatewayClass (https://gateway-api.sigs.k8s.io/reference/spec/): accepted; only its parametersRef is read.
import * as v from 'valibot'
import { silent } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName } from '../fields/names.ts'

export const gatewayClass = resourceObject({
  spec: v.object({
    controllerName: v.string(),
    description: silent(),
    parametersRef: v.optional(
      v.object({
        group: v.string(),
        kind: v.string(),
        name: referenceName,
        namespace: v.optional(v.string()),
      }),
    ),
  }),
})
