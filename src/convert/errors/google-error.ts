// Errors of Google's APIs: https://cloud.google.com/apis/design/errors
import { isRecord } from '../../json/is-record.ts'
import { readElements, readMember } from '../../json/read-raw.ts'
import { readText } from '../../json/read-text.ts'
import type { StreamFailure } from '../../streams/stream-translator.ts'
import type { ProviderError } from './openai-error.ts'

export const vertexErrorType = 'GCPVertexAIBackendError'

/** `body` is `''` where the provider sent none. */
export function readGoogleError(body: string, status: number): ProviderError {
  const found = findError(body)
  if (found === undefined) return { type: vertexErrorType, status, message: body }
  const { error, text } = found
  const message = readText(error.message)
  const details = hasDetails(error.details) ? readMember(text, 'details') : undefined
  return {
    type: readText(error.status) || vertexErrorType,
    status,
    message: details === undefined ? message || body : `Error: ${message}\nDetails: ${details}`,
  }
}

interface FoundError {
  readonly error: Readonly<Record<string, unknown>>
  /** The same as it is spelt. */
  readonly text: string | undefined
}

/** Streams are answered with a list of one. */
function findError(body: string): FoundError | undefined {
  const value = parse(body)
  const isList = Array.isArray(value)
  const outer: unknown = isList ? value[0] : value
  if (!isRecord(outer)) return undefined
  const text = isList ? readElements(body)[0] : body
  if (!isRecord(outer.error)) return { error: {}, text: undefined }
  return { error: outer.error, text: readMember(text, 'error') }
}

function hasDetails(details: unknown): boolean {
  return Array.isArray(details) ? details.length > 0 : details !== undefined && details !== null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the status would have been, for errors that do not say. https://cloud.google.com/apis/design/errors#handling_errors */
const statuses: ReadonlyMap<unknown, number> = new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['OUT_OF_RANGE', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ABORTED', 409],
  ['ALREADY_EXISTS', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['CANCELLED', 499],
  ['UNKNOWN', 500],
  ['INTERNAL', 500],
  ['DATA_LOSS', 500],
  ['UNIMPLEMENTED', 501],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
])

/** The `error` of an event, or of a 200 that holds one in place of an answer. */
export function readGoogleFailure(error: unknown): StreamFailure {
  const { code, status: name, message } = isRecord(error) ? error : { message: error }
  const isStatus = typeof code === 'number' && Number.isInteger(code) && code >= 400 && code <= 599
  return {
    status: isStatus ? code : (statuses.get(name) ?? 502),
    type: readText(name) || vertexErrorType,
    message: readText(message) || 'Vertex AI reported an error',
  }
}
