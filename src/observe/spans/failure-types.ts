// What failures are called: as the official OpenAI client names its exceptions.
const types: ReadonlyMap<number, string> = new Map([
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'PermissionDeniedError'],
  [404, 'NotFoundError'],
  [429, 'RateLimitError'],
  [500, 'InternalServerError'],
  [502, 'InternalServerError'],
  [503, 'InternalServerError'],
])

export const exceptionType = (status: number): string => types.get(status) ?? 'Error'

/** Bodies of errors that are longer are cut. */
const maxBody = 8 * 1024

export function failureMessage(status: number, body: string): string {
  const kept = body.length > maxBody ? body.slice(0, maxBody) : body
  return kept === '' ? `Error code: ${status}` : `Error code: ${status} - ${kept}`
}
