// How Google heads its answers and words its errors. https://cloud.google.com/apis/design/errors
import { Rejection, type WholeAnswer } from './dialect.ts'

/** The name of each status. */
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const usualMessages: Readonly<Record<string, string>> = {
  INVALID_ARGUMENT: 'Request contains an invalid argument.',
  UNAUTHENTICATED:
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
  PERMISSION_DENIED: "Permission 'aiplatform.endpoints.predict' denied on resource.",
  NOT_FOUND: 'Publisher Model was not found or your project does not have access to it.',
  RESOURCE_EXHAUSTED: 'Resource exhausted. Please try again later.',
  INTERNAL: 'Internal error encountered.',
  UNAVAILABLE: 'The service is currently unavailable.',
  DEADLINE_EXCEEDED: 'Deadline expired before operation could complete.',
}

export function googleHeaders(contentType: string): Readonly<Record<string, string>> {
  return { 'content-type': contentType, vary: 'Origin', 'x-content-type-options': 'nosniff' }
}

export function googleJson(value: unknown): WholeAnswer {
  return {
    kind: 'whole',
    status: 200,
    headers: googleHeaders('application/json; charset=UTF-8'),
    body: `${JSON.stringify(value, null, 2)}\n`,
  }
}

/** `message` in place of the status's usual words. */
export function googleError(status: number, message?: string): WholeAnswer {
  const name = statusNames[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
  const error = { code: status, message: message ?? usualMessages[name] ?? name, status: name }
  return { ...googleJson({ error }), status }
}

/** Throws the 400 that says so. */
export type GoogleReject = (message: string) => never

export const rejectAsGoogle: GoogleReject = (message) => {
  throw new Rejection(googleError(400, message))
}
