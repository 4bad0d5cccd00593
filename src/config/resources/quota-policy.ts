// QuotaPolicy (https://aigateway.envoyproxy.io/docs/api/): how much of a backend clients may use.
import * as v from 'valibot'
import { atMost, ignored } from '../fields/marks.ts'
import { resourceObject } from '../fields/metadata.ts'
import { referenceName, targetKind } from '../fields/names.ts'
import { clientSelector } from '../fields/rate-limits.ts'
import { integer, invalid, nonEmptyText } from '../fields/values.ts'
import { aiGatewayGroup } from '../groups.ts'

const quotaDuration = v.pipe(v.string(), v.regex(/^1[smhd]$/, invalid('must be 1s, 1m, 1h or 1d')))

const bucket = v.object({ limit: integer(0), duration: quotaDuration })

const quota = v.object({
  mode: v.optional(v.picklist(['Shared']), 'Shared'),
  costExpression: v.optional(v.string()),
  defaultBucket: v.optional(bucket),
  bucketRules: v.optional(
    v.array(
      v.object({
        clientSelectors: v.optional(v.pipe(v.array(clientSelector), atMost(8))),
        quota: bucket,
        shadowMode: v.optional(v.boolean(), false),
      }),
    ),
    [],
  ),
})

const target = v.object({
  group: v.string(),
  kind: targetKind('AIServiceBackend'),
  name: referenceName,
  namespace: ignored('is ignored: a policy applies in its own namespace'),
  sectionName: ignored(),
})

export const quotaPolicy = resourceObject({
  spec: v.object({
    targetRefs: v.optional(
      v.pipe(
        v.array(target),
        atMost(16),
        v.check(
          (items) =>
            items.every(
              ({ group, kind }) => group === aiGatewayGroup && kind === 'AIServiceBackend',
            ),
          'targetRefs must reference AIServiceBackend resources',
        ),
      ),
      [],
    ),
    serviceQuota: v.optional(v.object({ costExpression: v.optional(v.string()), quota: bucket })),
    perModelQuotas: v.optional(
      v.pipe(v.array(v.object({ modelName: nonEmptyText('modelName'), quota })), atMost(128)),
      [],
    ),
  }),
})
