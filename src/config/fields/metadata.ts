// What every resource has: apiVersion, kind, metadata and status.
import * as v from 'valibot'
import { advise, silent } from './marks.ts'
import { objectName } from './names.ts'

const stringMap = v.record(v.string(), v.string())

const metadata = v.looseObject({
  name: v.pipe(
    v.string(),
    v.nonEmpty('must not be empty'),
    advise('schema.name', (value) =>
      typeof value === 'string' && !objectName.test(value)
        ? 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, - or .'
        : undefined,
    ),
  ),
  namespace: v.optional(v.string()),
  annotations: v.optional(stringMap),
  labels: v.optional(stringMap),
})

/** The schema of a kind, from its own members. */
export function resourceObject<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.object({
    apiVersion: v.optional(v.string()),
    kind: v.string(),
    metadata,
    ...entries,
    status: silent(),
  })
}
