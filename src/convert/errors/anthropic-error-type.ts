// https://platform.claude.com/docs/en/api/errors

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'service_unavailable_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

/** What Anthropic's API calls an error of this status. */
export function anthropicErrorType(status: number): string {
  return types[status] ?? (status < 500 ? 'invalid_request_error' : 'internal_server_error')
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['internal_server_error', 500],
  ['service_unavailable_error', 503],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

/** `undefined` for a type that is not Anthropic's. */
export function anthropicErrorStatus(type: string): number | undefined {
  return statuses.get(type)
}
