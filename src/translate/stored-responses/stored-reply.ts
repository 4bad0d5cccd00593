import { createJsonReply } from '../json-reply.ts'
import { createResponsesTap } from '../responses/responses-tap.ts'
import type { Reply } from '../translator.ts'

/** What was used has been counted when the response was made: to look at it again costs nothing. */
export function createStoredReply(model: string): Reply {
  return {
    ...createJsonReply({ model }),
    stream: () => createResponsesTap(model, () => undefined),
  }
}
