// Which requests a limit counts (https://gateway.envoyproxy.io/docs/api/extension_types/#ratelimitselectcondition).
import * as v from 'valibot'
import { atMost } from './marks.ts'
import { headerName } from './values.ts'

const distinctOrValue = {
  type: v.optional(v.picklist(['Exact', 'RegularExpression', 'Distinct']), 'Exact'),
  value: v.optional(v.string()),
  invert: v.optional(v.boolean(), false),
}

/** All members of a selector must hold. */
export const clientSelector = v.pipe(
  v.object({
    headers: v.optional(
      v.pipe(v.array(v.object({ name: headerName, ...distinctOrValue })), atMost(64)),
    ),
    methods: v.optional(v.array(v.object({ value: v.string(), invert: v.optional(v.boolean()) }))),
    path: v.optional(
      v.object({
        type: v.optional(v.picklist(['PathPrefix', 'Exact', 'RegularExpression']), 'PathPrefix'),
        value: v.optional(v.string(), '/'),
        invert: v.optional(v.boolean()),
      }),
    ),
    sourceCIDR: v.optional(
      v.object({
        type: v.optional(v.picklist(['Exact', 'Distinct']), 'Exact'),
        value: v.string(),
        invert: v.optional(v.boolean()),
      }),
    ),
    queryParams: v.optional(
      v.pipe(v.array(v.object({ name: v.string(), ...distinctOrValue })), atMost(16)),
    ),
  }),
  v.check(
    (selector) => Object.values(selector).some((member) => member !== undefined),
    'at least one of headers, methods, path, sourceCIDR or queryParams must be specified',
  ),
)
