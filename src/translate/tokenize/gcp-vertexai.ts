// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/count-tokens
import { convertRequest } from '../../convert/chat-to-gemini/request.ts'
import { readGoogleError, vertexErrorType } from '../../convert/errors/google-error.ts'
import { convertTokenizeRequest } from '../../convert/tokenize-to-chat.ts'
import type { RequestOf } from '../../endpoints/index.ts'
import { rawJson, stringifyJson } from '../../json/raw-json.ts'
import { readMember } from '../../json/read-raw.ts'
import type { Translator } from '../translator.ts'
import { vertexPath } from '../vertex-path.ts'
import { createCountReply } from './count-reply.ts'

/** The members of a generateContent request that are counted. */
const counted = ['contents', 'tools', 'systemInstruction'] as const

export const tokenizeByVertex: Translator<RequestOf<'tokenize'>> = (call, target) => {
  const { model } = target
  const { chat, text } = convertTokenizeRequest(call.request, () => call.body.text())
  const { body } = convertRequest(chat, { model, text })
  const members = counted.flatMap((member) => {
    const raw = readMember(body, member)
    return raw === undefined ? [] : [[member, rawJson(raw)] as const]
  })
  const mediaResolution = call.request.media_resolution ?? undefined
  return {
    path: vertexPath(target, { publisher: 'google', verb: 'countTokens' }),
    headers: { 'content-type': 'application/json' },
    body: stringifyJson({
      ...Object.fromEntries(members),
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
