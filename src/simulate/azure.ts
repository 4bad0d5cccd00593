// Azure OpenAI's dated API: OpenAI's, with the model in the path, a version in the query and errors of its own.
// https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference
import { isRecord } from '../json/is-record.ts'
import {
  decodeSegment,
  readJson,
  type SimulatedAnswer,
  type SimulatedDialect,
  type SimulatedRequest,
  type WholeAnswer,
} from './dialect.ts'
import { openai } from './openai.ts'
import { createEvent } from './openai-stream.ts'
import type { PacedEvent } from './paced-body.ts'

const deployment = /^\/openai\/deployments\/([^/]+)\/(.+)$/
const resource = /^\/openai\/(?:deployments|responses)(?:\/|$)/

export const azure: SimulatedDialect = {
  name: 'AzureOpenAI',
  serves: ({ pathname }) => resource.test(pathname),
  answer(request) {
    if (!request.url.searchParams.get('api-version')) return azure.refuse(404, request)
    const [, model, suffix] = deployment.exec(request.url.pathname) ?? []
    if (model === undefined) return openai.answer(request)
    const answer = openai.answer(withModel(request, decodeSegment(model)))
    return suffix === 'chat/completions' ? withFilterResults(answer) : answer
  },
  refuse(status, request, message) {
    const usual = errors[status]
    if (usual === undefined) return openai.refuse(status, request, message)
    return azureError(status, usual.code, message ?? usual.message)
  },
}

const errors: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  401: {
    code: '401',
    message:
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  },
  404: { code: '404', message: 'Resource not found' },
  429: {
    code: '429',
    message: 'Requests have exceeded the call rate limit of your current pricing tier.',
  },
}

function azureError(status: number, code: string, message: string): WholeAnswer {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code, message } }),
  }
}

/** The deployment answers, whatever model the body asks for. */
function withModel(request: SimulatedRequest, model: string): SimulatedRequest {
  const body = readJson(request.body)
  if (!isRecord(body)) return request
  return { ...request, body: new TextEncoder().encode(JSON.stringify({ ...body, model })) }
}

/** A stream of chat begins with what the filter thinks of the prompt. */
function withFilterResults(answer: SimulatedAnswer): SimulatedAnswer {
  if (answer.kind === 'whole') return answer
  return { ...answer, events: prepend(filterResults, answer.events) }
}

const filterResults = createEvent(
  {
    choices: [],
    created: 0,
    id: '',
    model: '',
    object: '',
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  },
  0,
)

function* prepend(first: PacedEvent, rest: Iterable<PacedEvent>): Generator<PacedEvent> {
  yield first
  yield* rest
}
