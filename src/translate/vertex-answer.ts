import { readGoogleFailure, vertexErrorType } from '../convert/errors/google-error.ts'
import { GatewayError } from '../errors.ts'
import { isRecord } from '../json/is-record.ts'

/** What to throw for a 200 that is no answer: the error that it holds, or that it is none. */
export function unusableVertexAnswer(body: string): GatewayError {
  const error = findError(body)
  if (error === undefined) {
    return new GatewayError('upstream-protocol', 'Vertex AI sent an answer that cannot be read', {
      type: vertexErrorType,
    })
  }
  const { status, type, message } = readGoogleFailure(error)
  return new GatewayError('upstream-protocol', message, { status, type })
}

function findError(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body)
    const outer: unknown = Array.isArray(value) ? value[0] : value
    return isRecord(outer) ? (outer.error ?? undefined) : undefined
  } catch {
    return undefined
  }
}
