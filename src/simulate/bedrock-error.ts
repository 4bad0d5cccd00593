// How Bedrock heads its answers and words its errors.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
import { Rejection, type SimulatedRequest, type WholeAnswer } from './dialect.ts'
import { toUuid } from './hash.ts'

/** The exception that stands for each status. */
export const errorTypes: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
}

export function bedrockHeaders(
  request: SimulatedRequest,
  contentType: string,
): Readonly<Record<string, string>> {
  return { 'content-type': contentType, 'x-amzn-requestid': toUuid(request.seed) }
}

export function bedrockError(
  request: SimulatedRequest,
  status: number,
  type: string,
  message: string,
): WholeAnswer {
  return {
    kind: 'whole',
    status,
    headers: {
      ...bedrockHeaders(request, 'application/json'),
      // With the address behind the name, as Bedrock sends it.
      'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
    },
    body: JSON.stringify({ message }),
  }
}

export interface BedrockReject {
  /** What the service does not want. */
  invalid(message: string): never
  /** What breaks the model of the API: a value that its type does not have. */
  constraint(value: unknown, path: string, constraint: string): never
  /** What is not the kind of JSON that the API's type is written in. */
  serialization(message: string): never
}

export function bedrockRejectWith(request: SimulatedRequest): BedrockReject {
  const reject = (type: string, message: string): never => {
    throw new Rejection(bedrockError(request, 400, type, message))
  }
  return {
    invalid: (message) => reject('ValidationException', message),
    constraint(value, path, constraint) {
      const shown = value === null || value === undefined ? 'null' : `'${String(value)}'`
      return reject(
        'ValidationException',
        `1 validation error detected: Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`,
      )
    },
    serialization: (message) => reject('SerializationException', message),
  }
}
