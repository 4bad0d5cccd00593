// What OpenTelemetry's own conventions say about each endpoint: one line each.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
import { failureMessage } from '../failure-types.ts'
import { type SpanSet, spanKeyOf, type Vocabulary } from '../span-set.ts'
import { createChatSpans } from './chat.ts'
import { createCompletionSpans } from './completions.ts'
import { createEmbeddingSpans } from './embeddings.ts'
import { createMessagesSpans } from './messages.ts'
import { createCountingSpans, createPlainSpans } from './plain.ts'
import { createResponsesSpans } from './responses.ts'

/** `captures`: whether messages, and bodies of errors, are recorded. */
export function createGenaiVocabulary(captures: boolean): Vocabulary {
  const byPath: ReadonlyMap<string, SpanSet> = new Map([
    ['/v1/chat/completions', createChatSpans(captures)],
    ['/v1/completions', createCompletionSpans(captures)],
    ['/v1/embeddings', createEmbeddingSpans()],
    ['/v1/responses', createResponsesSpans(captures)],
    ['/v1/responses/compact', createResponsesSpans(captures)],
    ['/v1/responses/input_tokens', createCountingSpans('openai', captures)],
    ['/v1/messages', createMessagesSpans(captures)],
    ['/v1/messages/count_tokens', createCountingSpans('anthropic', captures)],
    ['GET /v1/responses/:id', createPlainSpans('responses_get')],
    ['DELETE /v1/responses/:id', createPlainSpans('responses_delete')],
    ['/v1/responses/:id/cancel', createPlainSpans('responses_cancel')],
    ['GET /v1/responses/:id/input_items', createPlainSpans('responses_input_items')],
    ['/v1/moderations', createPlainSpans('moderation')],
    ['/v1/images/generations', createPlainSpans('image_generation')],
    ['/v1/images/edits', createPlainSpans('image_edit')],
    ['/v1/audio/speech', createPlainSpans('speech')],
    ['/v1/audio/transcriptions', createPlainSpans('transcription')],
    ['/v1/audio/translations', createPlainSpans('translation')],
    ['/v2/rerank', createPlainSpans('rerank')],
    ['/tokenize', createPlainSpans('tokenize')],
  ])
  return {
    kind: 'client',
    namesModel: true,
    namesProvider: true,
    tellsErrors: captures,
    spansFor: (endpoint) => byPath.get(spanKeyOf(endpoint)),
    failure: ({ status, body }) => ({
      attributes: { 'error.type': errorType(status) },
      message: failureMessage(status, captures ? body : ''),
    }),
  }
}

function errorType(status: number): string {
  if (status === 500 || status === 502 || status === 503) return '500'
  return status >= 400 && status <= 599 ? String(status) : '_OTHER'
}
