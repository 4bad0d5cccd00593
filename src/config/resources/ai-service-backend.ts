// AIServiceBackend (https://aigateway.envoyproxy.io/docs/api/): an API that a Backend speaks.
import * as v from 'valibot'
import { isRecord } from '../../json/is-record.ts'
import { schemaNames } from '../api-schema.ts'
import { advise, ignored, silent } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { bodyMutation, headerMutation } from '../fields/mutations.ts'
import { referenceName } from '../fields/names.ts'
import { invalid } from '../fields/values.ts'
import { envoyGatewayGroup } from '../groups.ts'

const backendReference = v.pipe(
  v.object({
    group: v.optional(v.string()),
    kind: v.optional(v.string()),
    name: referenceName,
    namespace: v.optional(v.string()),
    port: ignored('has no effect: the endpoints of a Backend have ports of their own'),
  }),
  v.check(
    ({ group, kind }) => group === envoyGatewayGroup && kind === 'Backend',
    `BackendRef must be a Backend resource of Envoy Gateway: group ${envoyGatewayGroup}, kind Backend`,
  ),
)

/** A cluster asks for it; here the region of AWS or Google Cloud says which host is meant. */
const withoutBackend = 'has no backendRef, which a cluster does not accept'

export const aiServiceBackend = resourceObject({
  spec: v.pipe(
    v.object({
      schema: v.object({
        name: v.picklist(schemaNames),
        version: v.optional(v.string()),
        prefix: v.optional(
          v.pipe(
            v.string(),
            v.check(
              (prefix) => !/[\s?#\\]/.test(prefix) && !prefix.split('/').includes('..'),
              invalid('must be a path without a query'),
            ),
          ),
        ),
      }),
      backendRef: v.optional(backendReference),
      headerMutation: v.optional(headerMutation),
      bodyMutation: v.optional(bodyMutation),
      // An old field that many configurations still have; the route's timeouts hold.
      timeouts: silent(),
      backendSecurityPolicyRef: ignored(
        'was removed: targetRefs of the BackendSecurityPolicy names this backend',
      ),
    }),
    advise('schema.required', (value) =>
      isRecord(value) && value.backendRef === undefined ? withoutBackend : undefined,
    ),
  ),
})
