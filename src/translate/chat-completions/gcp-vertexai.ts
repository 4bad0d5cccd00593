// Chat completions by Gemini on Vertex AI.
// https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
import { type AnswerHead, convertReply } from '../../convert/chat-to-gemini/reply.ts'
import { convertRequest } from '../../convert/chat-to-gemini/request.ts'
import { createChunkStream } from '../../convert/chat-to-gemini/stream.ts'
import type { AnswerForm } from '../../convert/chat-to-gemini/structured-output.ts'
import { readGoogleError } from '../../convert/errors/google-error.ts'
import { writeOpenAIError } from '../../convert/errors/openai-error.ts'
import { writeJson } from '../../json/outline.ts'
import type { ChatRequest } from '../../wire/openai/chat.ts'
import type { Reply, ReplyHead, Translator, WholeReply } from '../translator.ts'
import { unusableVertexAnswer } from '../vertex-answer.ts'
import { vertexPath } from '../vertex-path.ts'

export const chatToVertex: Translator<ChatRequest> = (call, target) => {
  const { body, form } = convertRequest(call.request, {
    model: target.model,
    text: () => call.body.outline().text,
  })
  const verb = call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
  return {
    path: vertexPath(target, { publisher: 'google', verb }),
    headers: { 'content-type': 'application/json' },
    body: writeJson(body, call.body.outline()),
    reply: createReply(target.model, form),
  }
}

function createReply(model: string, form: AnswerForm): Reply {
  const readHead = (head: ReplyHead): AnswerHead => ({
    received: Math.floor(head.receivedAt / 1000),
    model,
    form,
    uuid: head.uuid,
  })
  return {
    whole: (body, head) => readWhole(body, readHead(head)),
    stream: (head) => createChunkStream(readHead(head)),
    error: (body, { status }) => ({ body: writeOpenAIError(readGoogleError(body, status)) }),
  }
}

function readWhole(body: string, head: AnswerHead): WholeReply {
  const converted = convertReply(body, head)
  if (converted === undefined) throw unusableVertexAnswer(body)
  const { completion, usage } = converted
  return {
    body: JSON.stringify(completion),
    model: completion.model,
    value: completion,
    ...(usage === undefined ? {} : { usage }),
  }
}
