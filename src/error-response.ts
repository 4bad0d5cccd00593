// A GatewayError as the client's dialect has it.
import { anthropicErrorType } from './convert/errors/anthropic-error-type.ts'
import type { Dialect } from './endpoints/endpoint.ts'
import type { ErrorKind, GatewayError } from './errors.ts'

/** `error.type` in the OpenAI dialect, where the error does not bring its own. */
const openaiTypes: Readonly<Record<ErrorKind, string>> = {
  'malformed-request': 'BadRequest',
  'underscore-in-header': 'BadRequest',
  'invalid-request': 'UnprocessableEntity',
  'unknown-host': 'NotFound',
  'unsupported-path': 'NotFound',
  'method-not-allowed': 'MethodNotAllowed',
  'unsupported-encoding': 'UnsupportedMediaType',
  'too-large': 'PayloadTooLarge',
  'request-timeout': 'RequestTimeout',
  'no-route': 'invalid_request_error',
  'no-model': 'invalid_request_error',
  'no-translator': 'UnsupportedEndpoint',
  'no-backend': 'InternalServerError',
  refused: 'InternalServerError',
  'no-healthy-backend': 'ServiceUnavailable',
  overloaded: 'ServiceUnavailable',
  fault: 'FaultInjected',
  'credential-missing': 'Unauthorized',
  'credential-unavailable': 'ServiceUnavailable',
  'rate-limited': 'requests',
  'upstream-unreachable': 'ServiceUnavailable',
  'upstream-reset': 'ServiceUnavailable',
  'upstream-timeout': 'GatewayTimeout',
  'upstream-idle': 'GatewayTimeout',
  'upstream-protocol': 'BadGateway',
  internal: 'InternalServerError',
}

const modelKinds = new Set<ErrorKind>(['no-route', 'no-model'])

function openaiBody(error: GatewayError, message: string): unknown {
  const type = error.type ?? openaiTypes[error.kind]
  if (!modelKinds.has(error.kind)) {
    return { type: 'error', error: { type, code: error.openaiCode, message } }
  }
  return { type: 'error', error: { type, code: 'model_not_found', message, param: 'model' } }
}

const bodies: Readonly<Record<Dialect, (error: GatewayError, message: string) => unknown>> = {
  openai: openaiBody,
  anthropic: (error, message) => ({
    type: 'error',
    error: { type: anthropicErrorType(error.status), message },
  }),
  cohere: (_, message) => ({ message }),
}

/** `internal` never shows its message: it may hold anything. */
const publicMessage = (error: GatewayError) =>
  error.kind === 'internal' ? 'internal error of the gateway' : error.message

export interface ErrorAnswer {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** `dialect` undefined: plain text, for paths that belong to no API. */
export function describeError(error: GatewayError, dialect: Dialect | undefined): ErrorAnswer {
  const message = publicMessage(error)
  const headers = { ...error.headers, 'x-aigw-error': error.code }
  if (dialect === undefined) {
    return {
      body: message,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    }
  }
  return {
    body: JSON.stringify(bodies[dialect](error, message)),
    headers: { 'content-type': 'application/json', ...headers },
  }
}

export function createErrorResponse(error: GatewayError, dialect: Dialect | undefined): Response {
  const { body, headers } = describeError(error, dialect)
  return new Response(body, { status: error.status, headers })
}
