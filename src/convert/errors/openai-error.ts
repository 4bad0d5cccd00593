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

/** SDKs show `message` alone, so that there always is one. */
export function writeOpenAIError({ type, status, message }: ProviderError): string {
  const said = message.slice(0, maxWrappedLength) || describeSilence(status)
  return JSON.stringify({ type: 'error', error: { type, code: String(status), message: said } })
}

function describeSilence(status: number): string {
  return status >= 300 && status <= 399
    ? `the provider answered with a redirection (status ${status}), which the gateway does not follow`
    : `the provider answered with status ${status} and no message`
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
