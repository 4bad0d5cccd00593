// Chat completions by Claude on Vertex AI.
// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude
import { vertexAi } from '../../convert/chat-to-anthropic/platform.ts'
import { convertRequest } from '../../convert/chat-to-anthropic/request.ts'
import { readAnthropicError } from '../../convert/errors/anthropic-error.ts'
import { writeJson } from '../../json/outline.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import type { Translator } from '../translator.ts'
import { vertexPath } from '../vertex-path.ts'
import { createAnthropicReply } from './anthropic-reply.ts'

const errorType = 'GCPBackendError'

export const chatToGcpAnthropic: Translator<ChatRequest> = (call, target) => {
  const { model, schema } = target
  const { body, names } = convertRequest(call.request, {
    model,
    platform: vertexAi,
    text: () => call.body.outline().text,
    frame: {
      anthropic_version: schema.version || 'vertex-2023-10-16',
      stream: call.stream ? true : undefined,
    },
  })
  return {
    path: vertexPath(target, {
      publisher: 'anthropic',
      verb: call.stream ? 'streamRawPredict' : 'rawPredict',
    }),
    headers: {
      'content-type': 'application/json',
      accept: call.stream ? 'text/event-stream' : 'application/json',
    },
    body: writeJson(body, call.body.outline()),
    reply: createAnthropicReply({
      framing: 'sse',
      errorType,
      model,
      names,
      readError: (answer, { status, headers }) =>
        readAnthropicError(answer, { status, contentType: headers.get('content-type'), errorType }),
    }),
  }
}
