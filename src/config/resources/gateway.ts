// Gateway (https://gateway-api.sigs.k8s.io/reference/spec/): the listeners.
import * as v from 'valibot'
import { atMost, ignored, unsupported } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { parametersReference, referenceName } from '../fields/names.ts'
import { areUnique, hostname, portNumber } from '../fields/values.ts'

const listener = v.object({
  name: referenceName,
  hostname: v.optional(hostname),
  port: portNumber,
  protocol: v.picklist(['HTTP', 'HTTPS', 'TLS', 'TCP', 'UDP']),
  // Read with the listener's protocol, which decides what there is to say about it.
  tls: v.optional(v.unknown()),
  allowedRoutes: v.optional(
    v.object({
      namespaces: v.optional(
        v.object({
          from: v.optional(v.picklist(['All', 'Same', 'Selector', 'None']), 'Same'),
          selector: unsupported('is not supported: no namespace has labels here'),
        }),
      ),
      kinds: unsupported('is not supported: every kind of route may attach'),
    }),
  ),
})

export type Listener = v.InferOutput<typeof listener>

export const gateway = resourceObject({
  spec: v.object({
    gatewayClassName: referenceName,
    listeners: v.optional(
      v.pipe(
        v.array(listener),
        atMost(64),
        v.check(
          (items) => areUnique(items, (item) => item.name),
          'Listener name must be unique within the Gateway',
        ),
        v.check(
          (items) => areUnique(items, (item) => `${item.port} ${item.hostname ?? ''}`),
          'Combination of port, protocol and hostname must be unique for each listener',
        ),
      ),
      [],
    ),
    addresses: ignored('is ignored: the address to listen on is an option of the command'),
    infrastructure: v.optional(
      v.object({
        parametersRef: v.optional(v.object(parametersReference)),
        labels: ignored('has no effect outside Kubernetes', 'info'),
        annotations: ignored('has no effect outside Kubernetes', 'info'),
      }),
    ),
    backendTLS: unsupported(),
    tls: unsupported(),
    allowedListeners: ignored(),
    defaultScope: ignored(),
  }),
})
