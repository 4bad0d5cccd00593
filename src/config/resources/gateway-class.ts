// GatewayClass (https://gateway-api.sigs.k8s.io/reference/spec/): accepted; only its parametersRef is read.
import * as v from 'valibot'
import { advise, silent } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { parametersReference } from '../fields/names.ts'

const controllerName = 'gateway.envoyproxy.io/gatewayclass-controller'

export const gatewayClass = resourceObject({
  spec: v.object({
    controllerName: v.pipe(
      v.string(),
      advise('schema.controller', (value) =>
        value === controllerName
          ? undefined
          : `a cluster's Envoy Gateway serves Gateways of controller ${controllerName} alone`,
      ),
    ),
    description: silent(),
    parametersRef: v.optional(
      v.object({ ...parametersReference, namespace: v.optional(v.string()) }),
    ),
  }),
})
