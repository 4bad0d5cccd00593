// What OpenInference's vocabulary says about each endpoint: one line each.
// https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
import { exceptionType, failureMessage } from '../failure-types.ts'
import { type SpanSet, spanKeyOf, type Vocabulary } from '../span-set.ts'
import { createSpeechSpans, createTranscriptSpans } from './audio.ts'
import { createChatSpans } from './chat.ts'
import { createCompletionSpans } from './completions.ts'
import { createCountingSpans, createTokenizeSpans } from './counting.ts'
import { createEmbeddingSpans } from './embeddings.ts'
import type { Hiding } from './hiding.ts'
import { createImageSpans } from './images.ts'
import { createMessagesSpans } from './messages.ts'
import { createModerationSpans } from './moderation.ts'
import { createRerankSpans } from './rerank.ts'
import { createResponsesSpans } from './responses.ts'
import { createStoredResponseSpans } from './stored-responses.ts'

export function createOpenInference(hiding: Hiding): Vocabulary {
  const byPath: ReadonlyMap<string, SpanSet> = new Map([
    ['/v1/chat/completions', createChatSpans(hiding)],
    ['/v1/completions', createCompletionSpans(hiding)],
    ['/v1/embeddings', createEmbeddingSpans(hiding)],
    ['/v1/images/generations', createImageSpans(hiding)],
    ['/v1/images/edits', createImageSpans(hiding)],
    ['/v1/responses', createResponsesSpans(hiding)],
    ['/v1/responses/compact', createResponsesSpans(hiding)],
    [
      '/v1/responses/input_tokens',
      createCountingSpans(
        {
          name: 'ResponsesInputTokens',
          system: 'openai',
          contentKeys: ['input', 'instructions', 'prompt'],
        },
        hiding,
      ),
    ],
    ['GET /v1/responses/:id', createStoredResponseSpans('ResponsesRetrieve', hiding)],
    ['DELETE /v1/responses/:id', createStoredResponseSpans('ResponsesDelete', hiding)],
    ['/v1/responses/:id/cancel', createStoredResponseSpans('ResponsesCancel', hiding)],
    ['GET /v1/responses/:id/input_items', createStoredResponseSpans('ResponsesInputItems', hiding)],
    ['/v1/moderations', createModerationSpans(hiding)],
    ['/v1/audio/speech', createSpeechSpans(hiding)],
    ['/v1/audio/transcriptions', createTranscriptSpans('Transcription', hiding)],
    ['/v1/audio/translations', createTranscriptSpans('Translation', hiding)],
    ['/v2/rerank', createRerankSpans(hiding)],
    ['/v1/messages', createMessagesSpans(hiding)],
    [
      '/v1/messages/count_tokens',
      createCountingSpans(
        { name: 'CountTokens', system: 'anthropic', contentKeys: ['messages', 'system'] },
        hiding,
      ),
    ],
    ['/tokenize', createTokenizeSpans(hiding)],
  ])
  // Errors of a provider may repeat the prompt.
  const tellsErrors =
    !(hiding.inputs || hiding.outputs) && !(hiding.inputText || hiding.inputMessages)
  return {
    kind: 'internal',
    namesModel: false,
    namesProvider: false,
    tellsErrors,
    spansFor: (endpoint) => byPath.get(spanKeyOf(endpoint)),
    failure({ status, body }) {
      const message = failureMessage(status, tellsErrors ? body : '')
      return { attributes: {}, exception: { type: exceptionType(status), message }, message }
    },
  }
}
