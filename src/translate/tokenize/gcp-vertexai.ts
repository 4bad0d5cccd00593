// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
import { convertRequest } from '../../convert/chat-to-gemini/request.ts'
import { readGoogleError, vertexErrorType } from '../../convert/errors/google-error.ts'
import { convertTokenizeRequest } from '../../convert/tokenize-to-chat.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { stringifyJson } from '../../json/raw-json.ts'
import type { Translator } from '../translator.ts'
import { vertexPath } from '../vertex-path.ts'
import { createCountReply } from './count-reply.ts'

export const tokenizeByVertex: Translator<RequestOf<'tokenize'>> = (call, target) => {
  const { model } = target
  const { chat, text } = convertTokenizeRequest(call.request, () => call.body.text())
  const { body } = convertRequest(chat, { model, text })
  const { contents, tools, systemInstruction } = body
  const mediaResolution = call.request.media_resolution ?? undefined
  return {
    path: vertexPath(target, { publisher: 'google', verb: 'countTokens' }),
    headers: { 'content-type': 'application/json' },
    body: stringifyJson({
      contents,
      tools,
      systemInstruction,
      generationConfig: mediaResolution === undefined ? undefined : { mediaResolution },
    }),
    reply: createCountReply({
      model,
      errorType: vertexErrorType,
      member: 'totalTokens',
      // Google leaves out what is 0.
      absent: 0,
      readError: (answer, { status }) => readGoogleError(answer, status),
    }),
  }
}
