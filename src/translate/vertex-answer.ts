import { readGoogleFailure, vertexErrorType } from '../convert/errors/google-error.ts'
import { GatewayError } from '../errors.ts'
import { isRecord } from '../json/is-record.ts'

/** What to throw for a 200 that is no answer: the error that it holds, or that it is none. */
export function unusableVertexAnswer(body: string): GatewayError {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return unusable('is not JSON')
  }
  const outer: unknown = Array.isArray(value) ? value[0] : value
  const error = isRecord(outer) ? outer.error : undefined
  if (error === undefined || error === null) return unusable('cannot be read')
  const { status, type, message } = readGoogleFailure(error)
  return new GatewayError('upstream-protocol', message, { status, type })
}

function unusable(why: string): GatewayError {
  return new GatewayError('upstream-protocol', `Vertex AI sent an answer that ${why}`, {
    type: vertexErrorType,
  })
}
