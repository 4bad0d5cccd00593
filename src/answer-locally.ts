// Answers that need no provider: lists of models, and refusals of what no endpoint takes. Observers hear of them as of
// any other request.
import { byteLength } from './byte-length.ts'
import type { Dialect, Endpoint } from './endpoints/endpoint.ts'
import { describeError, type ErrorAnswer } from './error-response.ts'
import { GatewayError } from './errors.ts'
import { createExchange, describeIncoming, type RequestRuntime } from './exchange.ts'
import type { Observer } from './observe/observer.ts'
import type { Ports } from './ports.ts'

export interface LocalAnswer extends ErrorAnswer {
  readonly status: number
  readonly error?: GatewayError
}

/** An error in the client's dialect; undefined: plain text. */
export const refusal = (error: GatewayError, dialect: Dialect | undefined): LocalAnswer => ({
  ...describeError(error, dialect),
  status: error.status,
  error,
})

export function answerLocally(
  request: Request,
  runtime: RequestRuntime | undefined,
  { ports, observer }: { readonly ports: Ports; readonly observer: Observer },
  { status, body, headers, error }: LocalAnswer,
): Response {
  if (observer.open !== undefined || observer.finish !== undefined) {
    const incoming = describeIncoming(request, runtime)
    const exchange = createExchange(local, incoming, ports, (ended) => observer.finish?.(ended))
    observer.open?.(exchange)
    exchange.status = status
    exchange.error = error
    exchange.sentBytes = request.method === 'HEAD' ? 0 : byteLength(body)
    exchange.finish(error === undefined ? 'complete' : 'failed')
  }
  return new Response(body, { status, headers })
}

/** Stands for an endpoint where there is none. */
const local: Endpoint = {
  id: 'local',
  path: '',
  dialect: 'openai',
  operation: 'local',
  parse() {
    throw new GatewayError('internal', 'no endpoint')
  },
}
