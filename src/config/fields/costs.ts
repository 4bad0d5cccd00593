// LLMRequestCost: what is counted on a route.
import * as v from 'valibot'
import { atMost } from './marks.ts'
import { nonEmptyText } from './values.ts'

const cost = v.pipe(
  v.object({
    metadataKey: nonEmptyText('metadataKey'),
    type: v.picklist([
      'InputToken',
      'OutputToken',
      'TotalToken',
      'CachedInputToken',
      'CacheCreationInputToken',
      'ReasoningToken',
      'CEL',
    ]),
    cel: v.optional(v.string()),
  }),
  v.check(({ type, cel }) => type !== 'CEL' || (cel ?? '') !== '', 'missing CEL expression'),
)

export const requestCosts = v.pipe(v.array(cost), atMost(36))

export type RequestCost = v.InferOutput<typeof cost>
