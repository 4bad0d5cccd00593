// Errors of backends that speak OpenAI's dialect: their JSON is the client's, anything else is wrapped.
import { isJsonType } from '../../json/is-json-type.ts'
import { writeOpenAIError } from './openai-error.ts'

/** `undefined`: the provider's own bytes will do. */
export function convertOpenAIError(
  body: string,
  head: { readonly status: number; readonly contentType: string | null },
): string | undefined {
  if (body !== '' && isJsonType(head.contentType)) return undefined
  return writeOpenAIError({ type: 'OpenAIBackendError', status: head.status, message: body })
}
