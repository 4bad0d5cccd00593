// Errors that OpenAI writes into a stream: https://platform.openai.com/docs/guides/error-codes
import { isRecord } from '../../json/is-record.ts'
import type { StreamFailure } from '../../streams/stream-translator.ts'

const statuses: ReadonlyMap<unknown, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['invalid_api_key', 401],
  ['insufficient_quota', 429],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['model_not_found', 404],
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['tokens', 429],
  ['requests', 429],
  ['server_error', 500],
  ['internal_server_error', 500],
  ['overloaded_error', 503],
])

/** What a provider writes into its stream: `{message, type, code}`, or text. */
export function readOpenAIFailure(error: unknown): StreamFailure {
  const { message, type, code } = isRecord(error) ? error : { message: error }
  const failure = {
    status: readStatus(code) ?? statuses.get(code) ?? statuses.get(type) ?? 502,
    type: typeof type === 'string' && type !== '' ? type : 'OpenAIBackendError',
    message: typeof message === 'string' ? message : 'the provider reported an error',
  }
  const known = typeof code === 'string' || typeof code === 'number'
  return known ? { ...failure, code: String(code) } : failure
}

function readStatus(code: unknown): number | undefined {
  const status = typeof code === 'string' ? Number(code) : code
  const isStatus = typeof status === 'number' && Number.isInteger(status)
  return isStatus && status >= 400 && status <= 599 ? status : undefined
}
