// The runtime of Amazon Bedrock. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_Operations_Amazon_Bedrock_Runtime.html
import { answerConverse } from './bedrock-converse.ts'
import { answerEmbeddings } from './bedrock-embeddings.ts'
import { bedrockError, bedrockHeaders, errorTypes } from './bedrock-error.ts'
import { decodeSegment, type SimulatedDialect } from './dialect.ts'

const host = /^bedrock-runtime[.-]/
const converse = /\/model\/([^/]+)\/(converse|converse-stream)$/
const invoke = /\/model\/([^/]+)\/invoke$/
const isEmbedding = /embed/
const anyModel = /\/model\/[^/]+\/(?:converse|invoke)(?:-[a-z-]+)?$/

export const bedrock: SimulatedDialect = {
  name: 'AWSBedrock',
  serves: (url) => host.test(url.hostname) || anyModel.test(url.pathname),
  answer(request) {
    const match = request.method === 'POST' ? converse.exec(request.url.pathname) : null
    if (match !== null) {
      const [, model = '', operation] = match
      const framing = operation === 'converse-stream' ? 'stream' : 'whole'
      return answerConverse(request, decodeSegment(model), framing)
    }
    const invoked = request.method === 'POST' ? invoke.exec(request.url.pathname) : null
    const invokedModel = decodeSegment(invoked?.[1] ?? '')
    if (isEmbedding.test(invokedModel)) return answerEmbeddings(request, invokedModel)
    return {
      kind: 'whole',
      status: 404,
      headers: {
        ...bedrockHeaders(request, 'application/json'),
        'x-amzn-errortype': 'UnknownOperationException',
      },
      // An unknown path does not get as far as the service: this is its frame speaking.
      body: JSON.stringify({
        Output: { __type: 'com.amazon.coral.service#UnknownOperationException' },
        Version: '1.0',
      }),
    }
  },
  refuse(status, request, message) {
    const type =
      errorTypes[status] ?? (status < 500 ? 'ValidationException' : 'InternalServerException')
    return bedrockError(request, status, type, message ?? messages[type] ?? type)
  },
}

const messages: Readonly<Record<string, string>> = {
  AccessDeniedException: "You don't have access to the model with the specified model ID.",
  InternalServerException:
    'The system encountered an unexpected error during processing. Try your request again.',
  ModelErrorException: 'The model encountered an unexpected error while processing the request.',
  ModelTimeoutException: 'The model took too long to process the request.',
  ResourceNotFoundException:
    'Could not resolve the foundation model from the provided model identifier.',
  ServiceUnavailableException: 'Bedrock is unable to process your request.',
  ThrottlingException: 'Too many requests, please wait before trying again.',
  ValidationException: 'The provided request is not valid.',
}
