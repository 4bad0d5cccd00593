// HTTPHeaderMatch, which all routes share, and lists of header names.
import * as v from 'valibot'
import { advise, atMost } from './marks.ts'
import { areUnique, headerName } from './values.ts'

const headerMatch = v.object({
  type: v.optional(v.picklist(['Exact', 'RegularExpression']), 'Exact'),
  name: headerName,
  value: v.string(),
})

export const headerMatches = v.pipe(
  v.array(headerMatch),
  atMost(16),
  advise('schema.duplicate-header', (value) => {
    const names = Array.isArray(value) ? value.map((item) => String(item?.name)) : []
    return areUnique(names, (name) => name.toLowerCase())
      ? undefined
      : 'Duplicate value: only the first match of a header counts'
  }),
)
