// OpenAI's API, and whoever speaks it under another host or prefix. https://platform.openai.com/docs/api-reference
import {
  decodeSegment,
  type SimulatedAnswer,
  type SimulatedDialect,
  type SimulatedRequest,
  type WholeAnswer,
} from './dialect.ts'
import { answerChat } from './openai-chat.ts'
import { answerCompletions } from './openai-completions.ts'
import { answerEmbeddings } from './openai-embeddings.ts'
import { openaiError } from './openai-error.ts'
import { answerEdits, answerGenerations } from './openai-images.ts'
import { answerJson } from './openai-json.ts'
import { answerModerations } from './openai-moderations.ts'
import {
  answerCompact,
  answerDeleted,
  answerInputItems,
  answerInputTokens,
  answerResponses,
  answerStored,
} from './openai-responses.ts'
import { answerSpeech } from './openai-speech.ts'
import { answerTranscriptions, answerTranslations } from './openai-transcripts.ts'

type Handler = (request: SimulatedRequest, path: RegExpExecArray) => SimulatedAnswer

interface Path {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Ends of paths only: what stands in front is the vendor's own affair. */
  readonly pattern: RegExp
  readonly handle: Handler
}

const paths: readonly Path[] = [
  { method: 'POST', pattern: /\/chat\/completions$/, handle: answerChat },
  { method: 'POST', pattern: /\/completions$/, handle: answerCompletions },
  { method: 'POST', pattern: /\/embeddings$/, handle: answerEmbeddings },
  { method: 'POST', pattern: /\/images\/generations$/, handle: answerGenerations },
  { method: 'POST', pattern: /\/images\/edits$/, handle: answerEdits },
  { method: 'POST', pattern: /\/audio\/speech$/, handle: answerSpeech },
  { method: 'POST', pattern: /\/audio\/transcriptions$/, handle: answerTranscriptions },
  { method: 'POST', pattern: /\/audio\/translations$/, handle: answerTranslations },
  { method: 'POST', pattern: /\/moderations$/, handle: answerModerations },
  { method: 'POST', pattern: /\/responses$/, handle: answerResponses },
  { method: 'POST', pattern: /\/responses\/input_tokens$/, handle: answerInputTokens },
  { method: 'POST', pattern: /\/responses\/compact$/, handle: answerCompact },
  { method: 'GET', pattern: /\/responses\/([^/]+)$/, handle: answerStored },
  { method: 'DELETE', pattern: /\/responses\/([^/]+)$/, handle: answerDeleted },
  { method: 'POST', pattern: /\/responses\/([^/]+)\/cancel$/, handle: answerStored },
  { method: 'GET', pattern: /\/responses\/([^/]+)\/input_items$/, handle: answerInputItems },
  { method: 'GET', pattern: /\/models$/, handle: listModels },
  { method: 'GET', pattern: /\/models\/(.+)$/, handle: showModel },
]

/** When every simulated model was made: a clock would give the same request another answer. */
const modelCreated = 1_700_000_000

export const openai: SimulatedDialect = {
  name: 'OpenAI',
  serves: () => true,
  answer(request) {
    const { pathname } = request.url
    let known = false
    for (const { method, pattern, handle } of paths) {
      const match = pattern.exec(pathname)
      if (match === null) continue
      if (request.method === method) return handle(request, match)
      known = true
    }
    if (known) {
      return openaiError(request, 405, {
        message: `Not allowed to ${request.method} on ${pathname}.`,
      })
    }
    return openaiError(request, 404, {
      message: `Invalid URL (${request.method} ${pathname})`,
    })
  },
  refuse(status, request, message) {
    const usual = statusErrors[status] ?? (status < 500 ? { message: 'Bad request.' } : serverError)
    return openaiError(request, status, message === undefined ? usual : { message })
  },
}

const serverError = {
  message: 'The server had an error while processing your request. Sorry about that!',
  type: 'server_error',
}

const statusErrors: Readonly<Record<number, Parameters<typeof openaiError>[2]>> = {
  401: { message: 'Incorrect API key provided: sk-sim****ated.', code: 'invalid_api_key' },
  403: {
    message: 'Country, region, or territory not supported',
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
  },
  404: {
    message: 'The model does not exist or you do not have access to it.',
    code: 'model_not_found',
  },
  408: { message: 'Request timed out.', type: 'timeout' },
  413: { message: 'The request body is too large.' },
  429: {
    message: 'Rate limit reached on requests per min (RPM). Please try again later.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  503: {
    message: 'The engine is currently overloaded, please try again later',
    type: 'service_unavailable_error',
  },
}

function listModels(request: SimulatedRequest): WholeAnswer {
  return answerJson(request, { object: 'list', data: request.models.map(describeModel) })
}

function showModel(request: SimulatedRequest, path: RegExpExecArray): WholeAnswer {
  const [, id = ''] = path
  return answerJson(request, describeModel(decodeSegment(id)))
}

function describeModel(id: string) {
  return { id, object: 'model', created: modelCreated, owned_by: 'simulator' }
}
