// Chat completions by Amazon Bedrock's Converse and ConverseStream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { type AnswerHead, convertReply } from '../../convert/chat-to-converse/reply.ts'
import { convertRequest } from '../../convert/chat-to-converse/request.ts'
import { createChunkStream } from '../../convert/chat-to-converse/stream.ts'
import { readBedrockError, readBedrockFailure } from '../../convert/errors/bedrock-error.ts'
import { writeOpenAIError } from '../../convert/errors/openai-error.ts'
import type { WireNames } from '../../convert/wire-names.ts'
import { GatewayError } from '../../errors.ts'
import { writeJson } from '../../json/outline.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { encodePathSegment } from '../path-segment.ts'
import type { Reply, ReplyHead, Translator, WholeReply } from '../translator.ts'

export const chatToBedrock: Translator<ChatRequest> = (call, target) => {
  const { body, tools } = convertRequest(call.request, {
    model: target.model,
    text: () => call.body.outline().text,
  })
  const operation = call.stream ? 'converse-stream' : 'converse'
  return {
    path: `/model/${encodePathSegment(target.model)}/${operation}`,
    headers: {
      'content-type': 'application/json',
      accept: call.stream ? 'application/vnd.amazon.eventstream' : 'application/json',
    },
    body: writeJson(body, call.body.outline()),
    reply: createReply(target.model, tools),
  }
}

function createReply(model: string, tools: WireNames): Reply {
  const readHead = (head: ReplyHead): AnswerHead => ({
    id: head.headers.get('x-amzn-requestid') || undefined,
    created: Math.floor(head.receivedAt / 1000),
    model,
    tools,
  })
  return {
    whole: (body, head) => readWhole(body, readHead(head)),
    stream: (head) => createChunkStream(readHead(head)),
    error: (body, { status, headers }) => ({
      body: writeOpenAIError(
        readBedrockError(body, {
          status,
          contentType: headers.get('content-type'),
          errorType: headers.get('x-amzn-errortype'),
        }),
      ),
    }),
  }
}

function readWhole(body: string, head: AnswerHead): WholeReply {
  const converted = convertReply(body, head)
  if (converted === undefined) {
    const { type, status, message } = readBedrockFailure(body)
    throw new GatewayError('upstream-protocol', message, { type, status })
  }
  const { completion, usage } = converted
  return {
    body: JSON.stringify(completion),
    model: head.model,
    value: completion,
    ...(usage === undefined ? {} : { usage }),
  }
}
