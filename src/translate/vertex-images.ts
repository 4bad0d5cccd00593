// Images by Vertex AI: Gemini's by `generateContent`, Imagen's by `predict`.
// https://cloud.google.com/vertex-ai/generative-ai/docs/image/overview
import { readGoogleError } from '../convert/errors/google-error.ts'
import { writeOpenAIError } from '../convert/errors/openai-error.ts'
import {
  convertGeminiReply,
  createImageStream,
  type DrawnStream,
} from '../convert/images/gemini-reply.ts'
import { convertImagenReply } from '../convert/images/imagen-reply.ts'
import { GatewayError } from '../errors.ts'
import type { StreamFailure } from '../streams/stream-translator.ts'
import type { Reply, ReplyHead, Target, Translation } from './translator.ts'
import { unusableVertexAnswer } from './vertex-answer.ts'
import { vertexPath } from './vertex-path.ts'

type Bodies = readonly [string, ...string[]]

export const drawsByGemini = (model: string) => model.includes('gemini')

/** `type`: of the event that an image comes with; undefined: nothing is streamed. */
export function askGemini(
  target: Target,
  [body, ...more]: Bodies,
  type: DrawnStream['type'] | undefined,
): Translation {
  const { model } = target
  const verb = type === undefined ? 'generateContent' : 'streamGenerateContent?alt=sse'
  const whole = (text: string, head: ReplyHead) => {
    const converted = convertGeminiReply(text, secondsOf(head))
    if (converted === undefined) throw unusableVertexAnswer(text)
    if ('failure' in converted) throw asError(converted.failure)
    const { answer, usage } = converted
    return {
      body: JSON.stringify(answer),
      model,
      value: answer,
      ...(usage === undefined ? {} : { usage }),
    }
  }
  return {
    path: vertexPath(target, { publisher: 'google', verb }),
    headers,
    body,
    ...(more.length > 0 ? { more } : {}),
    reply: {
      whole,
      error,
      ...(type === undefined
        ? {}
        : {
            stream: (head: ReplyHead) =>
              createImageStream({ type, created: secondsOf(head), model }),
          }),
    },
  }
}

export function askImagen(target: Target, [body, ...more]: Bodies): Translation {
  const { model } = target
  return {
    path: vertexPath(target, { publisher: 'google', verb: 'predict' }),
    headers,
    body,
    ...(more.length > 0 ? { more } : {}),
    reply: {
      whole(text, head) {
        const answer = convertImagenReply(text, secondsOf(head))
        if (answer === undefined) throw unusableVertexAnswer(text)
        if ('failure' in answer) throw asError(answer.failure)
        return { body: JSON.stringify(answer), model, value: answer }
      },
      error,
    },
  }
}

const headers = { 'content-type': 'application/json' }

const secondsOf = ({ receivedAt }: ReplyHead) => Math.floor(receivedAt / 1000)

const error: Reply['error'] = (body, { status }) => ({
  body: writeOpenAIError(readGoogleError(body, status)),
})

const asError = ({ status, type, message, code }: StreamFailure) =>
  new GatewayError('upstream-protocol', message, {
    status,
    type,
    ...(code === undefined ? {} : { code }),
  })
