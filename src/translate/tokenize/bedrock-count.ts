// Bedrock's CountTokens, whatever it is asked to count.
import { bedrockErrorType, readBedrockError } from '../../convert/errors/bedrock-error.ts'
import { encodePathSegment } from '../path-segment.ts'
import type { Reply } from '../translator.ts'
import { createCountReply } from './count-reply.ts'

export function bedrockCountPath(model: string): string {
  return `/model/${encodePathSegment(model)}/count-tokens`
}

export function createBedrockCountReply(model: string): Reply {
  return createCountReply({
    model,
    errorType: bedrockErrorType,
    member: 'inputTokens',
    readError: (body, { status, headers }) =>
      readBedrockError(body, {
        status,
        contentType: headers.get('content-type'),
        errorType: headers.get('x-amzn-errortype'),
      }),
  })
}
