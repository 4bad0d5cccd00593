// Labels by which Google Cloud accounts for a request:
// https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/projects.locations.publishers.models/generateContent
import { isRecord } from '../../json/is-record.ts'
import type { CheckedChatRequest } from '../../wire/openai/chat.ts'

const keyPattern = /^[a-z][a-z0-9_-]{0,62}$/
const valuePattern = /^[a-z0-9_-]{0,63}$/
const maxLabels = 64

/** `metadata` and `user`, as far as they can be labels: Google rejects a request for one that cannot. */
export function convertLabels(
  request: CheckedChatRequest,
): Readonly<Record<string, string>> | undefined {
  const metadata = isRecord(request.metadata) ? Object.entries(request.metadata) : []
  const user = typeof request.user === 'string' ? [['user', request.user] as const] : []
  const labels = [...user, ...metadata].filter(
    (entry): entry is [string, string] =>
      keyPattern.test(entry[0]) && typeof entry[1] === 'string' && valuePattern.test(entry[1]),
  )
  return labels.length > 0 ? Object.fromEntries(labels.slice(0, maxLabels)) : undefined
}
