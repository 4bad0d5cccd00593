// How Anthropic words its errors. https://platform.claude.com/docs/en/api/errors
import { anthropicErrorType } from '../convert/errors/anthropic-error-type.ts'
import type { SimulatedRequest, WholeAnswer } from './dialect.ts'

export function anthropicHeaders(
  request: SimulatedRequest,
  contentType: string,
): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'request-id': requestId(request),
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
  }
}

function requestId({ seed }: SimulatedRequest): string {
  return `req_${seed.slice(0, 24)}`
}

export function anthropicError(
  request: SimulatedRequest,
  status: number,
  message: string,
): WholeAnswer {
  const type = status === 500 ? 'api_error' : anthropicErrorType(status)
  return {
    kind: 'whole',
    status,
    headers: anthropicHeaders(request, 'application/json'),
    body: JSON.stringify({
      type: 'error',
      error: { type, message },
      request_id: requestId(request),
    }),
  }
}

/** What Anthropic says of a status when nobody says it better. */
export function usualMessage(status: number): string {
  return messages[status] ?? (status < 500 ? 'Invalid request' : 'Internal server error')
}

const messages: Readonly<Record<number, string>> = {
  401: 'invalid x-api-key',
  403: 'Request not allowed',
  404: 'Not found',
  413: 'Request exceeds the maximum size',
  429: "This request would exceed your organization's rate limit.",
  503: 'Service unavailable',
  504: 'Request timed out',
  529: 'Overloaded',
}
