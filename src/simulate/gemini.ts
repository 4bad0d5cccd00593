// Google's models on Vertex AI. https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest
import {
  decodeSegment,
  type SimulatedAnswer,
  type SimulatedDialect,
  type SimulatedRequest,
} from './dialect.ts'
import { answerGenerateContent, answerStreamGenerateContent } from './gemini-answer.ts'
import { googleError } from './google-error.ts'
import { answerImagen, isImagen } from './imagen.ts'
import { answerEmbedContent, answerPredict } from './vertex-embeddings.ts'

type Method = (request: SimulatedRequest, model: string) => SimulatedAnswer

const methods: Readonly<Record<string, Method>> = {
  generateContent: answerGenerateContent,
  streamGenerateContent: answerStreamGenerateContent,
  predict: (request, model) =>
    isImagen(model) ? answerImagen(request, model) : answerPredict(request, model),
  embedContent: answerEmbedContent,
}

const path =
  /^\/v1(?:beta1)?\/projects\/[^/]+\/locations\/[^/]+\/publishers\/google\/models\/([^/:]+):([A-Za-z]+)$/

export const gemini: SimulatedDialect = {
  name: 'GCPVertexAI',
  serves: ({ pathname, hostname }) =>
    pathname.includes('/publishers/google/models/') ||
    /aiplatform\..*googleapis\.com$/.test(hostname),
  answer(request) {
    const [, model = '', name = ''] = path.exec(request.url.pathname) ?? []
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (request.method !== 'POST' || method === undefined) {
      return googleError(404, 'The requested URL was not found on this server.')
    }
    if (name === 'streamGenerateContent' && request.url.searchParams.get('alt') !== 'sse') {
      return googleError(501, 'Only alt=sse is simulated.')
    }
    return method(request, decodeSegment(model))
  },
  refuse: (status, _, message) => googleError(status, message),
}
