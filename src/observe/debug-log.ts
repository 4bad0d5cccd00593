// What passes, told to the process log at level debug: heads with their credentials masked, and bodies redacted unless
// somebody has asked for them.
import type { Call, RawBody } from '../endpoints/endpoint.ts'
import type { Exchange } from '../exchange.ts'
import type { HeaderReader, LogFields, Logger } from '../ports.ts'
import type { Observer } from './observer.ts'
import { type HashText, redactRequest, redactText } from './redact-body.ts'
import { isSensitiveHeader } from './sensitive-headers.ts'

export interface DebugLogOptions {
  readonly log: Logger
  readonly hash: HashText
  readonly bodies: 'redacted' | 'shown'
  /** Lower-case names of request headers that bring credentials, besides those that always do. */
  readonly credentialHeaders?: () => ReadonlySet<string>
}

export function createDebugLog({
  log,
  hash,
  bodies,
  credentialHeaders = () => none,
}: DebugLogOptions): Observer {
  const describeRequest = (exchange: Exchange, call: Call, received: RawBody): string => {
    if (bodies === 'redacted') return redactRequest(exchange.endpoint.path, call.request, hash)
    return received.contentType.toLowerCase().startsWith('multipart/')
      ? `[${received.bytes.length} bytes]`
      : received.text()
  }
  return {
    start(exchange, call, received) {
      log('debug', 'request', {
        path: exchange.endpoint.path,
        model: call.model,
        stream: call.stream,
        body: describeRequest(exchange, call, received),
        ...headerFields('request.header', exchange.incoming.headers, credentialHeaders()),
      })
    },
    attempt(_exchange, { index, backend, target, origin }) {
      log('debug', 'attempt', { index, backend: backend.name, model: target.model, origin })
    },
    reply(_, { contentType, text }) {
      const body = bodies === 'shown' ? text() : redactText(text(), hash)
      log('debug', 'answer', { contentType, body })
    },
    finish(exchange) {
      const { attempts, status, outcome, error, errorBody, receivedBytes, sentBytes } = exchange
      const headers = attempts.at(-1)?.headers
      log('debug', 'request ended', {
        path: exchange.endpoint.path,
        status,
        outcome,
        // Of a client who left, it is only that there was nobody to answer.
        error: outcome === 'client-gone' ? undefined : error?.code,
        // Errors of providers may repeat a prompt.
        errorBody: errorBody && (bodies === 'shown' ? errorBody : redactText(errorBody, hash)),
        durationMs: Math.round((exchange.endedAt ?? exchange.now()) - exchange.startedAt),
        receivedBytes,
        sentBytes,
        attempts: attempts.length,
        ...(headers === undefined ? {} : headerFields('response.header', headers, none)),
      })
    },
  }
}

const none: ReadonlySet<string> = new Set()

function headerFields(
  prefix: string,
  headers: HeaderReader,
  secret: ReadonlySet<string>,
): LogFields {
  const fields: [string, string][] = []
  headers.forEach((value, name) => {
    fields.push([
      `${prefix}.${name}`,
      isSensitiveHeader(name) || secret.has(name) ? '[REDACTED]' : value,
    ])
  })
  return Object.fromEntries(fields)
}
