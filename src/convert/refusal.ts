import { GatewayError } from '../errors.ts'

/**
 * What a backend's dialect cannot express. `where` is the path to the field, for example
 * `messages[1].content[0]`; `stage` the part of the request that was being translated.
 */
export function refusal(problem: string, where?: string, stage?: string): GatewayError {
  const place = where === undefined ? '' : ` (${where})`
  const during = stage === undefined ? '' : `${stage}: `
  return new GatewayError('invalid-request', `${during}invalid request body: ${problem}${place}`)
}

/** Runs `work`; what it refuses is said to have come up during `stage`. */
export function during<Result>(stage: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!GatewayError.is(error) || error.kind !== 'invalid-request') throw error
    throw new GatewayError('invalid-request', `${stage}: ${error.message}`)
  }
}
