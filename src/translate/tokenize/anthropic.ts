// https://platform.claude.com/docs/en/api/messages/count_tokens
import { anthropicApi } from '../../convert/chat-to-anthropic/platform.ts'
import { convertCount } from '../../convert/count-claude-tokens.ts'
import { readAnthropicError } from '../../convert/errors/anthropic-error.ts'
import { anthropicErrorType } from '../../convert/errors/anthropic-error-type.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import { anthropicHeaders } from '../anthropic-headers.ts'
import { joinPath } from '../join-path.ts'
import type { Translator } from '../translator.ts'
import { createCountReply } from './count-reply.ts'

export const tokenizeByAnthropic: Translator<RequestOf<'tokenize'>> = (call, target) => {
  const { model, schema } = target
  const { body, betas } = convertCount(call.request, {
    model,
    platform: anthropicApi,
    text: () => call.body.text(),
  })
  return {
    path: joinPath(schema.prefix || 'v1', 'messages/count_tokens'),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...anthropicHeaders(call.headers, betas),
    },
    body: stringifyJson({ model, ...body }),
    reply: createCountReply({
      model,
      errorType: 'AnthropicBackendError',
      member: 'input_tokens',
      readError: (answer, { status, headers }) =>
        readAnthropicError(answer, {
          status,
          contentType: headers.get('content-type'),
          errorType: anthropicErrorType(status),
        }),
    }),
  }
}
