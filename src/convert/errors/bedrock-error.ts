// Errors of Amazon Bedrock, in answers and in the frames of a stream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors
import { isJsonType } from '../../json/is-json-type.ts'
import { isRecord } from '../../json/is-record.ts'
import type { Frame, StreamFailure } from '../../streams/stream-translator.ts'
import type { ProviderError } from './openai-error.ts'

export const bedrockErrorType = 'AWSBedrockBackendError'

export interface BedrockErrorHead {
  readonly status: number
  readonly contentType: string | null
  /** `x-amzn-errortype`. */
  readonly errorType: string | null
}

export function readBedrockError(body: string, head: BedrockErrorHead): ProviderError {
  const { status } = head
  const value = isJsonType(head.contentType) ? parse(body) : undefined
  if (!isRecord(value)) return { type: bedrockErrorType, status, message: body }
  const type =
    shortName(head.errorType) ||
    shortName(value.__type) ||
    shortName(value.code) ||
    bedrockErrorType
  return { type, status, message: readMessage(value) ?? body }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** IAM and signature failures spell it `Message`. */
function readMessage(value: Readonly<Record<string, unknown>>): string | undefined {
  const message = value.message ?? value.Message
  return typeof message === 'string' ? message : undefined
}

/** `com.amazon.coral#ValidationException` and `ValidationException:http://…` name the same thing. */
function shortName(name: unknown): string {
  if (typeof name !== 'string') return ''
  const [first = ''] = name.split(':', 1)
  return first.slice(first.lastIndexOf('#') + 1).trim()
}

/** What the status would have been if the exception had come in place of a stream. */
const exceptionStatuses: ReadonlyMap<string, number> = new Map([
  ['ThrottlingException', 429],
  ['ValidationException', 400],
  ['ModelStreamErrorException', 424],
  ['ModelTimeoutException', 408],
  ['ServiceUnavailableException', 503],
  ['InternalServerException', 500],
  ['AccessDeniedException', 403],
  ['ResourceNotFoundException', 404],
  ['ModelErrorException', 424],
  ['ModelNotReadyException', 429],
  ['ServiceQuotaExceededException', 400],
])

/** A frame of message type `exception` or `error`. */
export function readBedrockException(frame: Frame): StreamFailure {
  const value = frame.json()
  const name = shortName(frame.exception)
  const type = name === '' ? bedrockErrorType : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const original = isRecord(value) ? value.originalStatusCode : undefined
  const status =
    type === 'ModelStreamErrorException' && isErrorStatus(original)
      ? original
      : (exceptionStatuses.get(type) ?? 500)
  const message = isRecord(value) ? readMessage(value) : frame.data
  return { status, type, message: message || `AWS Bedrock reported ${type}` }
}

function isErrorStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599
}

/** A 200 that holds an error in place of an answer; Bedrock does this when it streams. */
export function readBedrockFailure(body: string): ProviderError {
  const value = parse(body)
  const outer = isRecord(value) ? value : {}
  // Amazon's service framework wraps what it does not understand: {"Output": {"__type": …}}.
  const error = isRecord(outer.Output) ? outer.Output : outer
  const type = shortName(error.__type) || shortName(error.code) || bedrockErrorType
  return {
    type,
    status: exceptionStatuses.get(type) ?? 502,
    message:
      readMessage(error) ??
      `AWS Bedrock sent an answer ${value === undefined ? 'that is not JSON' : 'without a message'}`,
  }
}
