// Errors of Anthropic's API and of Vertex AI in front of it, in answers and in the events of a stream.
// https://platform.claude.com/docs/en/api/errors
import { isJsonType } from '../../json/is-json-type.ts'
import { isRecord } from '../../json/is-record.ts'
import type { StreamFailure } from '../../streams/stream-translator.ts'
import { anthropicErrorStatus } from './anthropic-error-type.ts'
import type { ProviderError } from './openai-error.ts'

export interface AnthropicErrorHead {
  readonly status: number
  readonly contentType: string | null
  /** `error.type` where the body gives none. */
  readonly errorType: string
}

export function readAnthropicError(
  body: string,
  { status, contentType, errorType }: AnthropicErrorHead,
): ProviderError {
  const value = isJsonType(contentType) ? parse(body) : undefined
  // Vertex AI puts the errors of its streams into a list of one.
  const outer: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  if (!isRecord(outer) || !isRecord(outer.error)) {
    return { type: errorType, status, message: body }
  }
  const { type, message } = outer.error
  return {
    // Google has a status in words in its place.
    type: readText(type) || readText(outer.error.status) || errorType,
    status,
    message: readText(message) || body,
  }
}

/** `{type: 'error', error: {type, message}}`, in a stream or in place of an answer. */
export function readAnthropicFailure(payload: unknown, errorType: string): StreamFailure {
  const error = isRecord(payload) && isRecord(payload.error) ? payload.error : {}
  const type = readText(error.type) || readText(error.status) || errorType
  const status = anthropicErrorStatus(type) ?? readStatus(error.code) ?? 502
  const message = readText(error.message) || 'the provider reported an error'
  return { status, type, message }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function readStatus(code: unknown): number | undefined {
  const isStatus = typeof code === 'number' && Number.isInteger(code)
  return isStatus && code >= 400 && code <= 599 ? code : undefined
}
