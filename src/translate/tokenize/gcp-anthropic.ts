// https://cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/count-tokens
import { vertexAi } from '../../convert/chat-to-anthropic/platform.ts'
import { convertCount } from '../../convert/count-claude-tokens.ts'
import { readAnthropicError } from '../../convert/errors/anthropic-error.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import type { Translator } from '../translator.ts'
import { vertexPath } from '../vertex-path.ts'
import { createCountReply } from './count-reply.ts'

const errorType = 'GCPBackendError'

export const tokenizeByGcpAnthropic: Translator<RequestOf<'tokenize'>> = (call, target) => {
  // Counting knows versions of models by date alone.
  const model = target.model.replace(/@default$/, '').replace(/@latest$/, '')
  const { body } = convertCount(call.request, {
    model,
    platform: vertexAi,
    text: () => call.body.text(),
  })
  return {
    path: vertexPath(
      { ...target, model: 'count-tokens' },
      { publisher: 'anthropic', verb: 'rawPredict' },
    ),
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: stringifyJson({
      model,
      ...body,
      anthropic_version: target.schema.version || 'vertex-2023-10-16',
    }),
    reply: createCountReply({
      model,
      errorType,
      member: 'input_tokens',
      readError: (answer, { status, headers }) =>
        readAnthropicError(answer, { status, contentType: headers.get('content-type'), errorType }),
    }),
  }
}
