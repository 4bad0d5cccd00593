import { convertOpenAIError } from '../convert/errors/openai-backend-error.ts'
import type { ErrorReply, ReplyHead } from './translator.ts'

/** `Reply.error` of backends that speak OpenAI's dialect. */
export function replyOpenAIError(body: string, { status, headers }: ReplyHead): ErrorReply {
  const converted = convertOpenAIError(body, { status, contentType: headers.get('content-type') })
  return converted === undefined ? {} : { body: converted }
}
