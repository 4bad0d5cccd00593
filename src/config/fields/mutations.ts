// HTTPHeaderMutation and HTTPBodyMutation, which routes and backends share.
import * as v from 'valibot'
import { advise, atMost, remark } from './marks.ts'
import { areUnique, headerValue, invalid, isHeaderName } from './values.ts'

/** Headers that belong to the gateway itself: `:path` and its like, its own, and Envoy's original path. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return lower.startsWith(':') || lower.startsWith('x-ai-eg-') || lower === 'x-envoy-original-path'
}

/** Out: lower-case. A reserved name is accepted here and left out later. */
const mutatedHeaderName = v.pipe(
  v.string(),
  v.check(
    (name) => isHeaderName(name.startsWith(':') ? name.slice(1) : name),
    invalid('must be a header name'),
  ),
  remark('ignored.header', (value) =>
    typeof value === 'string' && isReservedHeader(value)
      ? `header ${JSON.stringify(value)} belongs to the gateway and is not changed`
      : undefined,
  ),
  v.toLowerCase(),
)

export const headerMutation = v.object({
  set: v.optional(
    v.pipe(
      v.array(v.object({ name: mutatedHeaderName, value: headerValue })),
      atMost(16),
      v.check(
        (items) => areUnique(items, (item) => item.name),
        'Duplicate value: header names in set must be unique',
      ),
    ),
    [],
  ),
  remove: v.optional(v.pipe(v.array(mutatedHeaderName), atMost(16)), []),
})

const bodyPath = v.pipe(
  v.string(),
  v.nonEmpty(invalid('path in body should be at least 1 chars long')),
)

export const bodyMutation = v.object({
  set: v.optional(
    v.pipe(
      v.array(v.object({ path: bodyPath, value: v.string() })),
      atMost(16),
      v.check(
        (items) => areUnique(items, (item) => item.path),
        'Duplicate value: paths in set must be unique',
      ),
    ),
    [],
  ),
  remove: v.optional(
    v.pipe(
      v.array(v.string()),
      atMost(16),
      advise('schema.empty', (value) =>
        Array.isArray(value) && value.includes('') ? 'an empty path removes nothing' : undefined,
      ),
    ),
    [],
  ),
})
