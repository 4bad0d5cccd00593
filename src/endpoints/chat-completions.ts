// POST /v1/chat/completions: https://platform.openai.com/docs/api-reference/chat/create
import { setMember } from '../json/splice.ts'
import type { ChatRequest } from '../wire/openai/chat.ts'
import type { Endpoint } from './endpoint.ts'
import { readBoolean, readJsonEnvelope, readObject } from './json-envelope.ts'
import { createTextBody } from './raw-body.ts'

const path = '/v1/chat/completions'

export const chatCompletions: Endpoint<'chat-completions', ChatRequest> = {
  id: 'chat-completions',
  path,
  dialect: 'openai',
  operation: 'chat',
  parse(raw, { meterStream, fallbackModel }) {
    const { request, model, body } = readJsonEnvelope(raw, path, fallbackModel)
    const stream = readBoolean(request, 'stream', path)
    const options = readObject(request, 'stream_options', path)
    if (!stream || !meterStream || options?.include_usage === true) {
      return { request, model, stream, body }
    }
    const text = setMember(body.text(), ['stream_options', 'include_usage'], 'true')
    return {
      request: { ...request, stream_options: { ...options, include_usage: true } },
      model,
      stream,
      body: createTextBody(text, body.contentType),
    }
  },
}
