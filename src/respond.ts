// A try's result as the client gets it: a stream, the provider's bytes, a rewritten body, or an error.
import { byteLength } from './byte-length.ts'
import type { Call } from './endpoints/endpoint.ts'
import { GatewayError } from './errors.ts'
import type { Exchange } from './exchange.ts'
import { answerHeaders } from './headers.ts'
import { readBytes } from './judge-answer.ts'
import type { Observer } from './observe/observer.ts'
import { passUnread } from './streams/unread-body.ts'
import type { TryResult } from './try-result.ts'

/** Throws a `GatewayError` where there is no answer. Settles the exchange, save for a stream. */
export function respond(
  call: Call,
  result: TryResult,
  exchange: Exchange,
  observer: Observer,
): Response | Promise<Response> {
  switch (result.kind) {
    case 'failed':
      throw result.error
    case 'stream':
      return respondStream(result, exchange)
    case 'unread':
      return respondUnread(call, result, exchange, observer)
    case 'whole':
      return respondWhole(call, result, exchange, observer)
    case 'error':
      return respondError(call, result, exchange)
  }
}

/** Statuses that come without a body: `Response` takes none, not even an empty one. */
const bodiless = new Set([204, 205, 304])

const bodyFor = <Body extends BodyInit>(status: number, body: Body) =>
  bodiless.has(status) ? null : body

type Result<Kind extends TryResult['kind']> = Extract<TryResult, { kind: Kind }>

function respondStream(result: Result<'stream'>, exchange: Exchange): Response {
  exchange.status = result.head.status
  return new Response(result.stream, {
    status: result.head.status,
    headers: answerHeaders(result.head.headers, {
      kind: 'stream',
      ...(result.rewritten ? { contentType: 'text/event-stream' } : {}),
    }),
  })
}

/** The head goes out before the body has come. */
function respondUnread(
  call: Call,
  result: Result<'unread'>,
  exchange: Exchange,
  observer: Observer,
): Response {
  const { head, model, body, onActivity } = result
  exchange.status = head.status
  exchange.responseModel = model
  const init = {
    status: head.status,
    headers: answerHeaders(head.headers, { kind: 'untouched' }),
  }
  if (body === undefined || bodiless.has(head.status)) {
    body?.cancel().catch(() => {})
    exchange.finish(call.client.cancelled ? 'client-gone' : 'complete')
    return new Response(null, init)
  }
  const stream = passUnread(body, {
    activity(bytes) {
      onActivity()
      exchange.sentBytes += bytes
    },
    ended(how, error) {
      if (how === 'failed' && !call.client.cancelled) {
        exchange.error = GatewayError.is(error)
          ? error
          : new GatewayError('upstream-reset', 'the provider broke off its answer')
      }
      if (how === 'complete') {
        observer.reply?.(exchange, {
          value: undefined,
          bytes: exchange.sentBytes,
          contentType: head.headers.get('content-type') ?? '',
          text: () => '',
        })
      }
      exchange.finish(call.client.cancelled ? 'client-gone' : how)
    },
  })
  return new Response(stream, init)
}

const decoder = new TextDecoder()

/** Whether encoding the text gives these bytes again: a decoder mends what is broken and drops a mark. */
const isLossless = (text: string, bytes: Uint8Array) =>
  !text.includes('\ufffd') && bytes[0] !== 0xef

function respondWhole(
  call: Call,
  result: Result<'whole'>,
  exchange: Exchange,
  observer: Observer,
): Response {
  const { head, bytes, text, answer } = result
  if (answer.usage !== undefined) exchange.count(answer.usage)
  exchange.responseModel = answer.model
  exchange.status = call.client.cancelled ? 0 : head.status
  exchange.sentBytes = answer.body === undefined ? bytes.length : byteLength(answer.body)
  observer.reply?.(exchange, {
    value: answer.value,
    bytes: exchange.sentBytes,
    contentType: head.headers.get('content-type') ?? '',
    text: () => answer.body ?? text,
  })
  exchange.finish(call.client.cancelled ? 'client-gone' : 'complete')
  if (answer.body === undefined) {
    // Text goes out together with its head, bytes after it: one write less, where it says the same.
    return new Response(bodyFor(head.status, isLossless(text, bytes) ? text : bytes), {
      status: head.status,
      headers: answerHeaders(head.headers, { kind: 'untouched' }),
    })
  }
  return new Response(answer.body, {
    status: head.status,
    headers: answerHeaders(head.headers, {
      kind: 'rewritten',
      contentType: 'application/json',
      length: exchange.sentBytes,
    }),
  })
}

async function respondError(
  call: Call,
  result: Result<'error'>,
  exchange: Exchange,
): Promise<Response> {
  const { head, reply, response, onActivity } = result
  // The status is known and says most; a body that breaks off must not hide it.
  const bytes = await readBytes(response, onActivity).catch(() => new Uint8Array(0))
  const text = decoder.decode(bytes)
  const { body } = reply.error(text, head)
  exchange.status = call.client.cancelled ? 0 : head.status
  exchange.errorBody = body ?? text
  exchange.sentBytes = body === undefined ? bytes.length : byteLength(body)
  exchange.error = new GatewayError('upstream-protocol', 'the provider answered with an error', {
    status: head.status,
  })
  exchange.finish(call.client.cancelled ? 'client-gone' : 'failed')
  if (body === undefined) {
    return new Response(bodyFor(head.status, bytes), {
      status: head.status,
      headers: answerHeaders(head.headers, { kind: 'untouched' }),
    })
  }
  return new Response(bodyFor(head.status, body), {
    status: head.status,
    headers: answerHeaders(head.headers, { kind: 'rewritten', contentType: 'application/json' }),
  })
}
