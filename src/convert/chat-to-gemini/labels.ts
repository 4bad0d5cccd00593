// Labels by which Google Cloud accounts for a request:
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/generateContent
import { isRecord } from '../../json/is-record.ts'

const keyPattern = /^[a-z][a-z0-9_-]{0,62}$/
const valuePattern = /^[a-z0-9_-]{0,63}$/
const maxLabels = 64

/** A request of any endpoint, as far as it says what it is for. */
interface Labelled {
  readonly metadata?: unknown
  readonly user?: unknown
}

/** `metadata` and `user`, as far as they can be labels: Google rejects a request for one that cannot. */
export function convertLabels({
  metadata,
  user,
}: Labelled): Readonly<Record<string, string>> | undefined {
  const entries = isRecord(metadata) ? Object.entries(metadata) : []
  const named = typeof user === 'string' ? [['user', user] as const] : []
  const labels = [...named, ...entries].filter(
    (entry): entry is [string, string] =>
      keyPattern.test(entry[0]) && typeof entry[1] === 'string' && valuePattern.test(entry[1]),
  )
  return labels.length > 0 ? Object.fromEntries(labels.slice(0, maxLabels)) : undefined
}
