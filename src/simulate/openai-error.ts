// How OpenAI heads its answers and words its errors. https://platform.openai.com/docs/guides/error-codes
import { Rejection, type SimulatedRequest, type WholeAnswer } from './dialect.ts'

export interface OpenaiErrorDetails {
  readonly message: string
  /** Default `invalid_request_error`. */
  readonly type?: string
  readonly param?: string
  readonly code?: string
}

export function openaiHeaders(
  request: SimulatedRequest,
  contentType: string,
): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'openai-organization': 'simulator',
    'openai-processing-ms': String(request.latencyMs),
    'openai-version': '2020-10-01',
    'x-request-id': `req_${request.seed}`,
  }
}

export function openaiError(
  request: SimulatedRequest,
  status: number,
  details: OpenaiErrorDetails,
): WholeAnswer {
  const { message, type = 'invalid_request_error', param = null, code = null } = details
  return {
    kind: 'whole',
    status,
    headers: openaiHeaders(request, 'application/json'),
    body: JSON.stringify({ error: { message, type, param, code } }),
  }
}

/** A 400 that names the parameter. */
export type Reject = (message: string, param?: string, code?: string) => never

export function rejectWith(request: SimulatedRequest): Reject {
  return (message, param, code) => {
    throw new Rejection(
      openaiError(request, 400, {
        message,
        ...(param === undefined ? {} : { param }),
        ...(code === undefined ? {} : { code }),
      }),
    )
  }
}
