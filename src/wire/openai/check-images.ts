// The types of an images request's known fields, checked for whoever must read them all.
import { GatewayError } from '../../errors.ts'
import { integer, object, string } from '../../json/check.ts'
import type { CheckedImagesRequest } from './images.ts'

const imagesRequest = object({
  prompt: string,
  n: integer,
  size: string,
  quality: string,
  background: string,
  style: string,
  moderation: string,
  input_fidelity: string,
  response_format: string,
  output_format: string,
  output_compression: integer,
  user: string,
})

/**
 * The same fields, with their types known. `path` is the endpoint's, for the message. Throws a `GatewayError`
 * (`malformed-request`) that names the first field of another type.
 */
export function checkImagesRequest(
  fields: Readonly<Record<string, unknown>>,
  path: string,
): CheckedImagesRequest {
  const problem = imagesRequest(fields, '')
  if (problem) {
    throw new GatewayError(
      'malformed-request',
      `malformed request: failed to read ${path}: ${problem.text} (${problem.where})`,
    )
  }
  return fields as CheckedImagesRequest // what has just been checked
}
