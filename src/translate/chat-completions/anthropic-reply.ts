// Answers in Anthropic's dialect, for clients of chat completions: the same wherever Claude runs.

import { type AnswerHead, convertReply } from '../../convert/chat-to-anthropic/reply.ts'
import type { AnswerNames } from '../../convert/chat-to-anthropic/request.ts'
import { createChunkStream, type StreamSource } from '../../convert/chat-to-anthropic/stream.ts'
import { readAnthropicFailure } from '../../convert/errors/anthropic-error.ts'
import type { ProviderError } from '../../convert/errors/openai-error.ts'
import { writeOpenAIError } from '../../convert/errors/openai-error.ts'
import { GatewayError } from '../../errors.ts'
import { isRecord } from '../../json/is-record.ts'
import type { Reply, ReplyHead, WholeReply } from '../translator.ts'

export interface AnthropicReplySource extends StreamSource {
  /** The model that was asked. */
  readonly model: string
  readonly names: AnswerNames
  readError(body: string, head: ReplyHead): ProviderError
}

export function createAnthropicReply(source: AnthropicReplySource): Reply {
  const { model, names } = source
  const readHead = ({ receivedAt, uuid }: ReplyHead): AnswerHead => ({
    newId: () => `chatcmpl-${uuid()}`,
    created: Math.floor(receivedAt / 1000),
    model,
    names,
  })
  return {
    whole: (body, head) => readWhole(body, readHead(head), source.errorType),
    stream: (head) => createChunkStream(readHead(head), source),
    error: (body, head) => ({ body: writeOpenAIError(source.readError(body, head)) }),
  }
}

function readWhole(body: string, head: AnswerHead, errorType: string): WholeReply {
  const converted = convertReply(body, head)
  if (converted === undefined) {
    const { type, status, message } = readDisguise(body, errorType)
    throw new GatewayError('upstream-protocol', message, { type, status })
  }
  const { completion, usage } = converted
  return {
    body: JSON.stringify(completion),
    model: completion.model,
    value: completion,
    ...(usage === undefined ? {} : { usage }),
  }
}

/** A 200 that holds an error in place of an answer, or nothing that we know. */
function readDisguise(body: string, errorType: string): ProviderError {
  const unusable = (message: string) => ({ type: errorType, status: 502, message })
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return unusable('the provider sent an answer that is not JSON')
  }
  if (isRecord(value) && isRecord(value.error)) return readAnthropicFailure(value, errorType)
  return unusable('the provider sent an answer without a message')
}
