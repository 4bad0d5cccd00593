import { GatewayError } from '../errors.ts'

/**
 * What a backend's dialect cannot express. `where` is the path to the field, for example
 * `messages[1].content[0]`.
 */
export function refusal(problem: string, where?: string): GatewayError {
  const place = where === undefined ? '' : ` (${where})`
  return new GatewayError('invalid-request', `invalid request body: ${problem}${place}`)
}
