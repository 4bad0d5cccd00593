// One try at one backend: translate, seal, authenticate, send, and wait until the answer is worth having.

import { askEach } from './ask-each.ts'
import type { Sealed } from './auth/auth.ts'
import { unlessCancelled } from './cancellation.ts'
import { connectionError } from './connection-failure.ts'
import { describeBug } from './describe-bug.ts'
import type { Call } from './endpoints/endpoint.ts'
import { GatewayError } from './errors.ts'
import type { AttemptRecord, Exchange } from './exchange.ts'
import { causeCodeOf, describeCause } from './failure-cause.ts'
import { simulateHeader } from './headers.ts'
import { errorOfFailure, holdStream } from './held-stream.ts'
import { hideInAnswer, hideInBytes, hideInText, readCredentials } from './hide-credentials.ts'
import { createIdleWatch } from './idle-watch.ts'
import {
  decodeAnswer,
  failureTypeOf,
  isJson,
  isPage,
  judgeJsonForStream,
  judgeWhole,
  readBytes,
  tooLarge,
  unreadAnswer,
} from './judge-answer.ts'
import type { Lifeline } from './lifeline.ts'
import { maxAnswerBytes } from './limits.ts'
import type { Observer } from './observe/observer.ts'
import { OutgoingRequest } from './outgoing-request.ts'
import type { Ports, UpstreamResponse } from './ports.ts'
import type { Backend, BackendEndpoint } from './routing/route.ts'
import type { ReplyHead, Target, Translation, Translator } from './translate/translator.ts'
import type { TryResult } from './try-result.ts'
import { sealRequest } from './upstream.ts'

export interface TryInput {
  readonly call: Call
  readonly backend: Backend
  readonly endpoint: BackendEndpoint
  readonly target: Target
  readonly translator: Translator
  readonly host: string
  readonly exchange: Exchange
  readonly maxFrameBytes: number
  readonly streamIdleTimeoutMs: number | undefined
  /** To be told of each piece that comes. */
  readonly onActivity: (() => void) | undefined
  readonly attempt: AttemptRecord
  readonly observer: Observer
  readonly lifeline: Lifeline
  readonly ports: Ports
}

/** Never rejects: whatever happens is a result. */
export function tryBackend(input: TryInput): Promise<TryResult> {
  const idle = createIdleWatch(input.streamIdleTimeoutMs, input.ports, () =>
    input.lifeline.stop(
      new GatewayError('upstream-idle', 'stream idle timeout', {
        type: failureTypeOf(input.backend),
      }),
    ),
  )
  const { onActivity } = input
  const touch =
    onActivity === undefined
      ? idle.touch
      : () => {
          idle.touch()
          onActivity()
        }
  return send(input, touch).then(
    (result) => {
      if (result.kind === 'whole' || result.kind === 'failed') idle.stop()
      else input.exchange.defer(idle.stop)
      return result
    },
    (error: unknown) => {
      idle.stop()
      return { kind: 'failed', error: explain(error, input) }
    },
  )
}

async function send(input: TryInput, touch: () => void): Promise<TryResult> {
  const { call, backend, target, ports, lifeline } = input
  const translation = input.translator(call, target)
  const sealed = seal(translation, input)
  const response = await ask(sealed, input)
  touch()
  const { reply } = translation
  const head: ReplyHead = {
    status: response.status,
    headers: response.headers,
    receivedAt: ports.now(),
    uuid: ports.uuid,
  }
  if (head.status > 599) {
    response.body?.cancel().catch(() => {})
    throw new GatewayError('upstream-protocol', `the provider answered with status ${head.status}`)
  }
  if (head.status < 200 || head.status > 299) {
    const hidden = hideInAnswer(response, readCredentials(sealed.headers))
    return { kind: 'error', head, reply, response: hidden, onActivity: touch }
  }
  const asked = call.stream ? reply.stream : undefined
  if (asked !== undefined && isPage(head)) {
    response.body?.cancel().catch(() => {})
    throw new GatewayError('upstream-protocol', 'the provider sent an HTML page, not a stream')
  }
  const translator = isJson(head) ? undefined : asked?.(head)
  if (translator !== undefined) {
    const held = await holdStream({
      response,
      translator,
      exchange: input.exchange,
      client: call.client,
      lifeline,
      failureType: failureTypeOf(backend),
      maxFrameBytes: input.maxFrameBytes,
      observer: input.observer,
      onActivity: touch,
      ports,
    })
    if (held.kind === 'stream') {
      return { kind: 'stream', head, stream: held.stream, rewritten: translator.kind === 'rewrite' }
    }
    const message = hideInText(held.failure.message, readCredentials(sealed.headers))
    const failure = { ...held.failure, message }
    return { kind: 'failed', error: errorOfFailure(failure), failure }
  }
  if (reply.whole === undefined) {
    const body = response.body ?? undefined
    return { kind: 'unread', head, model: target.model, body, onActivity: touch }
  }
  const bytes = await readBytes(response, touch)
  if (asked !== undefined && isJson(head)) {
    const hidden = hideInBytes(bytes, readCredentials(sealed.headers))
    return judgeJsonForStream(decodeAnswer(head, hidden), reply, backend)
  }
  if (translation.more === undefined) return judgeWhole(decodeAnswer(head, bytes), reply, backend)
  return askForMore(translation, translation.more, { head, bytes }, input, touch)
}

/** The same request with each of the other bodies, and all answers as one list. */
async function askForMore(
  translation: Translation,
  bodies: readonly string[],
  first: { readonly head: ReplyHead; readonly bytes: Uint8Array<ArrayBuffer> },
  input: TryInput,
  touch: () => void,
): Promise<TryResult> {
  const { reply } = translation
  let total = first.bytes.length
  const answers = await askEach(
    bodies,
    async (body) => {
      const sealed = seal({ ...translation, body }, input)
      const response = await ask(sealed, input)
      touch()
      const bytes = await readBytes(response, touch)
      total += bytes.length
      if (total > maxAnswerBytes) throw tooLarge()
      return { response, bytes, sealed }
    },
    ({ response: { status } }) => status >= 200 && status <= 299,
  )
  if ('bad' in answers) {
    const { response, sealed } = answers.bad
    const bytes = hideInBytes(answers.bad.bytes, readCredentials(sealed.headers))
    const { status, headers } = response
    const head = { ...first.head, status, headers }
    return { kind: 'error', head, reply, response: unreadAnswer(head, bytes), onActivity() {} }
  }
  const decoder = new TextDecoder()
  const texts = [first.bytes, ...answers.map(({ bytes }) => bytes)].map((each) =>
    decoder.decode(each),
  )
  const text = `[${texts.join(',')}]`
  const bytes = new TextEncoder().encode(text)
  const head = { ...first.head, more: answers.map(({ response }) => response.headers) }
  return judgeWhole({ head, bytes, text }, reply, input.backend)
}

function seal(translation: Translation, input: TryInput): Sealed {
  input.attempt.path = translation.path
  const { outgoing } = input.observer
  return sealRequest({
    call: input.call,
    backend: input.backend,
    endpoint: input.endpoint,
    translation,
    host: input.host,
    addHeaders: outgoing && ((headers) => outgoing(input.exchange, headers)),
  })
}

/** Sends one request, and once more where the provider refuses a credential that can be renewed. */
function ask(sealed: Sealed, input: TryInput): Promise<UpstreamResponse> {
  const { backend } = input
  const sent = dispatch(sealed, input)
  const renew = backend.auth?.renew
  if (renew === undefined) return sent
  return sent.then((response) => {
    if (response.status !== 401 || !renew(sealed)) return response
    response.body?.cancel().catch(() => {})
    return dispatch(sealed, input)
  })
}

function dispatch(sealed: Sealed, input: TryInput): Promise<UpstreamResponse> {
  const authenticated = input.backend.auth?.apply(sealed, input.call.headers)
  if (authenticated === undefined) return fetchSealed(sealed, input)
  return unlessCancelled(authenticated, input.lifeline.cancellation).then(() =>
    fetchSealed(sealed, input),
  )
}

function fetchSealed(sealed: Sealed, input: TryInput): Promise<UpstreamResponse> {
  const { call, backend, endpoint, ports, lifeline } = input
  const { cancellation } = lifeline
  if (cancellation.cancelled) return Promise.reject(cancellation.reason)
  const request = new OutgoingRequest({
    method: sealed.method,
    headers: sealed.headers,
    body: sealed.body,
    cancellation,
    transport: endpoint.transport,
    backend: backend.name,
    trouble: call.headers.get(simulateHeader) ?? undefined,
  })
  try {
    return ports.fetch(sealed.url.href, request).catch(refuseConnection)
  } catch (cause) {
    return refuseConnection(cause)
  }
}

function refuseConnection(cause: unknown): never {
  if (GatewayError.is(cause)) throw cause
  // No two transports reject alike: whatever it is, the provider could not be reached.
  throw connectionError('unreachable', cause)
}

/** An error that a client may read, of whatever a try has thrown. */
function explain(error: unknown, { backend, lifeline, ports, attempt }: TryInput): GatewayError {
  const reason: unknown = lifeline.cancellation.cancelled ? lifeline.cancellation.reason : error
  const isKnown = GatewayError.is(reason)
  if (!isKnown || (reason.kind === 'internal' && reason.cause !== undefined)) {
    ports.log('error', 'an attempt failed for a reason of our own', {
      backend: backend.name,
      error: describeBug(isKnown ? reason.cause : reason),
    })
  }
  if (!isKnown) return new GatewayError('internal', 'an attempt failed', { cause: reason })
  if (reason.type !== undefined || !reason.kind.startsWith('upstream-')) return reason
  return new GatewayError(reason.kind, describeFailure(reason, backend, attempt), {
    cause: reason.cause,
    status: reason.status,
    type: failureTypeOf(backend),
    headers: reason.headers,
  })
}

/** In Envoy's words, which programs look for; then who could not be reached, and why. */
function describeFailure(
  { kind, message, cause }: GatewayError,
  { name }: Backend,
  { index }: AttemptRecord,
): string {
  const said =
    index === 0
      ? message
      : message.replace('. reset reason:', '. retried and the latest reset reason:')
  if (kind !== 'upstream-unreachable') return said
  const why = describeCause(causeCodeOf(cause))
  return why === undefined ? `${said} (${name})` : `${said} (${name}: ${why})`
}
