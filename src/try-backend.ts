// One try at one backend: translate, seal, authenticate, send, and wait until the answer is worth having.

import { askEach } from './ask-each.ts'
import type { Sealed } from './auth/auth.ts'
import { unlessCancelled } from './cancellation.ts'
import { readOpenAIFailure } from './convert/errors/openai-failure.ts'
import { describeBug } from './describe-bug.ts'
import type { Call } from './endpoints/endpoint.ts'
import { GatewayError } from './errors.ts'
import type { AttemptRecord, Exchange } from './exchange.ts'
import { simulateHeader } from './headers.ts'
import { errorOfFailure, holdStream } from './held-stream.ts'
import { createIdleWatch } from './idle-watch.ts'
import { isRecord } from './json/is-record.ts'
import type { Lifeline } from './lifeline.ts'
import { maxAnswerBytes } from './limits.ts'
import type { Observer } from './observe/observer.ts'
import { OutgoingRequest } from './outgoing-request.ts'
import type { Ports, UpstreamResponse } from './ports.ts'
import type { Backend, BackendEndpoint } from './routing/route.ts'
import { collectBody } from './streams/collect-body.ts'
import type { StreamFailure } from './streams/stream-translator.ts'
import type {
  Reply,
  ReplyHead,
  Target,
  Translation,
  Translator,
  WholeReply,
} from './translate/translator.ts'
import { sealRequest } from './upstream.ts'

/** What came of a try. `error` is a provider's own status outside 2xx, its body not read yet. */
export type TryResult =
  | {
      readonly kind: 'stream'
      readonly head: ReplyHead
      readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
      readonly rewritten: boolean
    }
  | {
      readonly kind: 'whole'
      readonly head: ReplyHead
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly text: string
      readonly answer: WholeReply
      /** It says that it is JSON, and is not. */
      readonly garbled: boolean
    }
  | {
      readonly kind: 'unread'
      readonly head: ReplyHead
      readonly model: string
      /** Absent where the provider sends no body. */
      readonly body: ReadableStream<Uint8Array> | undefined
      /** To be told of each piece of the body, while it passes. */
      readonly onActivity: () => void
    }
  | {
      readonly kind: 'error'
      readonly head: ReplyHead
      readonly reply: Reply
      readonly response: UpstreamResponse
      /** To be told of each piece of the body, while it is read. */
      readonly onActivity: () => void
    }
  | { readonly kind: 'failed'; readonly error: GatewayError; readonly failure?: StreamFailure }

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

/** `error.type` of failures at a backend, for example `OpenAIBackendError`. */
const failureTypeOf = (backend: Backend) => `${backend.schema.name}BackendError`

/** Never rejects: whatever happens is a result. */
export async function tryBackend(input: TryInput): Promise<TryResult> {
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
  let goesOn = false
  try {
    const result = await send(input, touch)
    goesOn = result.kind !== 'whole' && result.kind !== 'failed'
    if (goesOn) input.exchange.defer(idle.stop)
    return result
  } catch (error) {
    return { kind: 'failed', error: explain(error, input) }
  } finally {
    if (!goesOn) idle.stop()
  }
}

const isJson = ({ headers }: ReplyHead) => headers.get('content-type')?.includes('json') ?? false

async function send(input: TryInput, touch: () => void): Promise<TryResult> {
  const { call, backend, target, ports, lifeline } = input
  const translation = input.translator(call, target)
  const response = await ask(translation, input)
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
    return { kind: 'error', head, reply, response, onActivity: touch }
  }
  const asked = call.stream ? reply.stream : undefined
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
    return { kind: 'failed', error: errorOfFailure(held.failure), failure: held.failure }
  }
  if (reply.whole === undefined) {
    const body = response.body ?? undefined
    return { kind: 'unread', head, model: target.model, body, onActivity: touch }
  }
  const bytes = await readBytes(response, touch)
  if (asked !== undefined && isJson(head)) return judgeJsonForStream(bytes, head, reply, backend)
  if (translation.more === undefined) return readWhole(bytes, head, reply, backend)
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
  const answers = await askEach(
    bodies,
    async (body) => {
      const response = await ask({ ...translation, body }, input)
      touch()
      return { response, bytes: await readBytes(response, touch) }
    },
    ({ response: { status } }) => status >= 200 && status <= 299,
  )
  if ('bad' in answers) {
    const { response, bytes } = answers.bad
    const { status, headers } = response
    const head = { ...first.head, status, headers }
    return { kind: 'error', head, reply, response: wholeResponse(head, bytes), onActivity() {} }
  }
  const texts = [first.bytes, ...answers.map(({ bytes }) => bytes)].map((each) =>
    decoder.decode(each),
  )
  const bytes = new TextEncoder().encode(`[${texts.join(',')}]`)
  return readWhole(bytes, first.head, reply, input.backend)
}

/** An answer that has been read. */
function wholeResponse(head: ReplyHead, bytes: Uint8Array<ArrayBuffer>): UpstreamResponse {
  return {
    status: head.status,
    headers: head.headers,
    body: null,
    arrayBuffer: async () => bytes.slice().buffer,
    collect: async () => bytes,
  }
}

/** Sends one request, and once more where the provider refuses a credential that can be renewed. */
async function ask(translation: Translation, input: TryInput): Promise<UpstreamResponse> {
  const { call, backend, endpoint } = input
  input.attempt.path = translation.path
  const { outgoing } = input.observer
  const sealed = sealRequest({
    call,
    backend,
    endpoint,
    translation,
    host: input.host,
    addHeaders: outgoing && ((headers) => outgoing(input.exchange, headers)),
  })
  const response = await dispatch(sealed, input)
  if (response.status !== 401 || !backend.auth?.renew?.(sealed)) return response
  response.body?.cancel().catch(() => {})
  return dispatch(sealed, input)
}

function dispatch(sealed: Sealed, input: TryInput): Promise<UpstreamResponse> {
  const authenticated = input.backend.auth?.apply(sealed, input.call.headers)
  if (authenticated === undefined) return fetchSealed(sealed, input)
  return unlessCancelled(authenticated, input.lifeline.cancellation).then(() =>
    fetchSealed(sealed, input),
  )
}

async function fetchSealed(sealed: Sealed, input: TryInput): Promise<UpstreamResponse> {
  const { call, backend, endpoint, ports, lifeline } = input
  const { cancellation } = lifeline
  if (cancellation.cancelled) throw cancellation.reason
  const trouble = call.headers.get(simulateHeader)
  const request = new OutgoingRequest({
    method: sealed.method,
    headers: Object.fromEntries(sealed.headers),
    ...(sealed.body === undefined ? {} : { body: sealed.body }),
    cancellation,
    transport: endpoint.transport,
    backend: backend.name,
    ...(trouble === null ? {} : { trouble }),
  })
  try {
    return await ports.fetch(sealed.url.href, request)
  } catch (cause) {
    if (GatewayError.is(cause)) throw cause
    // No two transports reject alike: whatever it is, the provider could not be reached.
    throw new GatewayError('upstream-unreachable', connectMessage, { cause })
  }
}

const decoder = new TextDecoder()

/** Reads the answer while somebody else may still be asked. Who translates it knows best what is wrong with it. */
function readWhole(
  bytes: Uint8Array<ArrayBuffer>,
  head: ReplyHead,
  reply: Reply,
  backend: Backend,
): TryResult {
  const text = decoder.decode(bytes)
  try {
    const answer = reply.whole?.(text, head) ?? {}
    return { kind: 'whole', head, bytes, text, answer, garbled: isJson(head) && !!answer.garbled }
  } catch (error) {
    if (!GatewayError.is(error)) throw error
    const { status, message, type = failureTypeOf(backend) } = error
    return { kind: 'failed', error, failure: { status, type, message } }
  }
}

/** Some providers answer a stream with 200 and a JSON error, others with the whole answer. */
function judgeJsonForStream(
  bytes: Uint8Array<ArrayBuffer>,
  head: ReplyHead,
  reply: Reply,
  backend: Backend,
): TryResult {
  // Who translates the provider's answers knows its errors best, if it knows this one at all.
  const result = readWhole(bytes, head, reply, backend)
  if (result.kind === 'failed' && result.error.status !== senseless) return result
  const status = errorStatus(decoder.decode(bytes))
  if (status === undefined) return result
  const failed = { ...head, status }
  const response = wholeResponse(failed, bytes)
  return { kind: 'error', head: failed, reply, response, onActivity() {} }
}

/** The status that a JSON body would have deserved; undefined where it is an answer. */
function errorStatus(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isRecord(value) || !value.error) return undefined
    const { error, status: code } = value
    return readOpenAIFailure(isRecord(error) ? { code, ...error } : { code }).status
  } catch {
    return senseless
  }
}

/** The status of an answer that nobody understands. */
const senseless = 502

const tooLarge = () =>
  new GatewayError('upstream-protocol', 'the answer of the provider is too large')

/** Rejects with a `GatewayError`. */
export async function readBytes(
  response: UpstreamResponse,
  onActivity: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (response.collect) return await response.collect(onActivity)
    return await collectBody(response.body, { maxBytes: maxAnswerBytes, tooLarge, onActivity })
  } catch (cause) {
    if (GatewayError.is(cause)) throw cause
    throw new GatewayError('upstream-reset', 'the provider broke off its answer', { cause })
  }
}

/** An error that a client may read, of whatever a try has thrown. */
function explain(error: unknown, { backend, lifeline, ports }: TryInput): GatewayError {
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
  return new GatewayError(reason.kind, reason.message, {
    cause: reason.cause,
    status: reason.status,
    type: failureTypeOf(backend),
    headers: reason.headers,
  })
}

const connectMessage =
  'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure'
