// Chat completions by Anthropic's own API. https://platform.claude.com/docs/en/api/messages
import { anthropicApi } from '../../convert/chat-to-anthropic/platform.ts'
import { convertRequest } from '../../convert/chat-to-anthropic/request.ts'
import { readAnthropicError } from '../../convert/errors/anthropic-error.ts'
import { anthropicErrorType } from '../../convert/errors/anthropic-error-type.ts'
import { writeJson } from '../../json/outline.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import { anthropicHeaders } from '../anthropic-headers.ts'
import { joinPath } from '../join-path.ts'
import type { Translator } from '../translator.ts'
import { createAnthropicReply } from './anthropic-reply.ts'

export const chatToAnthropic: Translator<ChatRequest> = (call, target) => {
  const { model, schema } = target
  const { body, betas, names } = convertRequest(call.request, {
    model,
    platform: anthropicApi,
    text: () => call.body.outline().text,
    frame: { model, stream: call.stream ? true : undefined },
  })
  return {
    path: joinPath(schema.prefix || 'v1', 'messages'),
    headers: {
      'content-type': 'application/json',
      accept: call.stream ? 'text/event-stream' : 'application/json',
      ...anthropicHeaders(call.headers, betas),
    },
    body: writeJson(body, call.body.outline()),
    reply: createAnthropicReply({
      framing: 'sse',
      errorType: 'AnthropicBackendError',
      model,
      names,
      readError: (answer, { status, headers }) =>
        readAnthropicError(answer, {
          status,
          contentType: headers.get('content-type'),
          errorType: anthropicErrorType(status),
        }),
    }),
  }
}
