// Errors in OpenAI's dialect. The outer `type` is Envoy AI Gateway's; clients look at `error` alone.
import type { SseWriter, StreamFailure } from '../../streams/stream-translator.ts'

/** What a provider said went wrong. */
export interface ProviderError {
  readonly type: string
  readonly status: number
  /** '' where it said nothing. */
  readonly message: string
}

/** Text that a provider sent in place of JSON, for example a proxy's page, may be of any length. */
const maxWrappedLength = 16 * 1024

export function writeOpenAIError({ type, status, message }: ProviderError): string {
  return JSON.stringify({
    type: 'error',
    error: { type, code: String(status), message: message.slice(0, maxWrappedLength) || undefined },
  })
}

/** A failure after the stream has begun: OpenAI's SDKs raise on an event with a top-level `error`. */
export function writeOpenAIFailure(failure: StreamFailure, out: SseWriter): void {
  out.send({
    error: {
      message: failure.message,
      type: failure.type,
      code: failure.code ?? String(failure.status),
      param: null,
    },
  })
}
