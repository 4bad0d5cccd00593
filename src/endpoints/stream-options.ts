// Chat and text completions report the usage of a stream only where they are asked to.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
import { setMember } from '../json/splice.ts'
import type { Parsed, ParseOptions, RawBody } from './endpoint.ts'
import type { JsonObject } from './json-endpoint.ts'
import { readBoolean, readJsonEnvelope, readObject } from './json-envelope.ts'
import { createTextBody } from './raw-body.ts'

/** Reads the envelope, and asks for the usage of a stream where something counts it. */
export function parseMetered(
  raw: RawBody,
  path: string,
  options: ParseOptions,
): Parsed<JsonObject> {
  const { request, model, body } = readJsonEnvelope(raw, path, options.fallbackModel)
  const stream = readBoolean(request, 'stream', path)
  const streamOptions = readObject(request, 'stream_options', path)
  if (!stream || !options.meterStream || streamOptions?.include_usage === true) {
    return { request, model, stream, body }
  }
  const text = setMember(body.text(), ['stream_options', 'include_usage'], 'true')
  return {
    request: { ...request, stream_options: { ...streamOptions, include_usage: true } },
    model,
    stream,
    body: createTextBody(text, body.contentType),
  }
}
