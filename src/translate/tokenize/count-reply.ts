// A provider's count as vLLM gives it, without what only vLLM knows.
import { type ProviderError, writeOpenAIError } from '../../convert/errors/openai-error.ts'
import { GatewayError } from '../../errors.ts'
import { isRecord } from '../../json/is-record.ts'
import { readCount } from '../../usage/read-count.ts'
import type { Reply, ReplyHead } from '../translator.ts'

export interface CountSource {
  readonly model: string
  /** `error.type` of an answer without a count. */
  readonly errorType: string
  /** The member that holds the count. */
  readonly member: string
  /** What an answer without the member means; absent: nothing. */
  readonly absent?: number
  readError(body: string, head: ReplyHead): ProviderError
}

export function createCountReply(source: CountSource): Reply {
  return {
    whole(body) {
      const value = { count: readAnswer(body, source) }
      return { body: JSON.stringify(value), model: source.model, value }
    },
    error: (body, head) => ({ body: writeOpenAIError(source.readError(body, head)) }),
  }
}

function readAnswer(body: string, { member, absent, errorType }: CountSource): number {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    answer = undefined
  }
  const count = isRecord(answer) ? (readCount(answer[member]) ?? absent) : undefined
  if (count !== undefined) return count
  throw new GatewayError('upstream-protocol', 'the provider sent an answer without a count', {
    type: errorType,
  })
}
